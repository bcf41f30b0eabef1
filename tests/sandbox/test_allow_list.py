"""The list of files that a child may read contains nothing of zerograd's."""

from pathlib import Path

from grader.sandbox.host.allow_list import allow_list


def test_other_checkout_on_the_path_is_hidden_completely(tmp_path: Path) -> None:
    """A checkout on the path is hidden completely, even if another one is grading."""
    other = tmp_path / "other"
    for folder in ("grader", "reference", "tests"):
        (other / folder).mkdir(parents=True)
    (other / "pyproject.toml").touch()

    allowed = allow_list([str(other)], hidden=[tmp_path / "mine" / "grader"])

    assert not [path for path in allowed if Path(path).is_relative_to(other)]


def test_packages_beside_an_installed_grader_stay_readable(tmp_path: Path) -> None:
    """In site-packages only what zerograd has put there is hidden."""
    for name in ("grader", "torch", "zerograd-0.1.0.dist-info"):
        (tmp_path / name).mkdir()

    allowed = allow_list([str(tmp_path)], hidden=[])

    assert [path for path in allowed if Path(path).is_relative_to(tmp_path)] == [
        str(tmp_path / "torch")
    ]
