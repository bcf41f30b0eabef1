"""Explains exceptions of names and options that old tutorials use and libraries have dropped.

Each entry is for the very exception that is raised today; what still works is not explained.
"""

from grader.observations.messages import Raised
from grader.report.reasons import Reason

_MAX_CHARACTERS = 500  # of a text, which a submission can choose


_OLD_NAMES = (
    Reason(
        "AttributeError",
        r"^module 'matplotlib\.pyplot' has no attribute '(hold|ishold)'"
        r"|^'Axes(Subplot)?' object has no attribute '(hold|ishold)'",
        "hold is from old versions of matplotlib. Delete the line: what is drawn is always added.",
    ),
    Reason(
        "AttributeError|TypeError",
        r"got an unexpected keyword argument 'hold'",
        "hold is from old versions of matplotlib. Leave it out: what is drawn is always added.",
    ),
    Reason(
        "AttributeError|TypeError",
        r"has no attribute 'set_axis_bgcolor'|got an unexpected keyword argument 'axisbg'",
        "This is from old versions of matplotlib. The colour behind the data is set with "
        "ax.set_facecolor(...) today, or is left as it is.",
    ),
    Reason(
        "AttributeError",
        r"^'FigureCanvas\w*' object has no attribute 'set_window_title'",
        "This is from old versions of matplotlib. Leave the line out, or write "
        "fig.suptitle(...) for a title in the picture.",
    ),
    Reason(
        "AttributeError",
        r"^module 'matplotlib\.cm' has no attribute 'get_cmap'",
        "This is from old versions of matplotlib. Write plt.get_cmap(...) today.",
    ),
    Reason(
        "TypeError",
        r"^(\w+\.)?gca\(\) got an unexpected keyword argument 'projection'",
        "This is from old versions of matplotlib. Write fig.add_subplot(projection=...) today.",
    ),
    Reason(
        "OSError",
        r"^'seaborn[^'\n]*' is not a valid package style",
        "The styles of seaborn have other names today, such as seaborn-v0_8. Leave the line out.",
    ),
    Reason(
        "TypeError",
        r"got an unexpected keyword argument 'retain_variables'",
        "retain_variables is from very old versions of torch, and is called retain_graph today. "
        "If backward() runs once for each loss, it isn't needed: write loss.backward().",
    ),
    Reason(
        "IndexError",
        r"^invalid index of a 0-dim tensor",
        "A single number has no index. In old versions of torch a loss was read with "
        "loss.data[0]; today it is loss.item().",
    ),
    Reason(
        "TypeError",
        r"^Variable data has to be a tensor",
        "Variable is from old versions of torch. Write torch.tensor(...) today, with "
        "requires_grad=True for weights.",
    ),
    Reason(
        "AttributeError",
        r"^'(generator|\w*iterator|\w*Iter|zip|map|enumerate)' object has no attribute 'next'",
        "The method next() is from Python 2. Write next(...) around it today: next(iter(loader)).",
    ),
    Reason(
        "AttributeError",
        r"^'dict' object has no attribute 'has_key'",
        "has_key is from Python 2. Write `key in d` today.",
    ),
    Reason(
        "NameError",
        r"^name 'xrange' is not defined",
        "xrange is from Python 2. Write range today.",
    ),
    Reason(
        "AttributeError",
        r"^module 'numpy' has no attribute '(float|int|bool)'",
        "np.float, np.int and np.bool are from old versions of numpy. Write float, int or bool "
        "today.",
    ),
    Reason(
        "AttributeError",
        r"^module 'numpy' has no attribute 'asscalar'",
        "np.asscalar is from old versions of numpy. Write .item() today.",
    ),
    Reason(
        "AttributeError",
        r"^module 'numpy' has no attribute '(product|cumproduct)'",
        "This is from old versions of numpy. Write np.prod or np.cumprod today.",
    ),
)


def explain_old_name(raised: Raised) -> str:
    """Return what to write in place of a name or an option that is no more; empty for others.

    Args:
        raised: The exception.
    """
    text = raised.text[:_MAX_CHARACTERS].partition("\n")[0]
    for one in _OLD_NAMES:
        if one.fits(raised.type_name, text):
            return one.explanation
    return ""
