"""The command ``grader completion``: a script that completes commands in a shell."""

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode

_SHELLS = ("bash", "zsh", "fish", "powershell")

_NOTES = (
    "\b\n"
    "To keep it, write one of these lines into the file of your shell:\n"
    '  bash        ~/.bashrc                    eval "$(grader completion bash)"\n'
    '  zsh         ~/.zshrc, below compinit     eval "$(grader completion zsh)"\n'
    "  fish        ~/.config/fish/config.fish   grader completion fish | source\n"
    "  PowerShell  $PROFILE                     "
    "grader completion powershell | Out-String | Invoke-Expression\n"
)


@click.command(cls=Command, statuses={ExitCode.WELL: "printed"}, epilog=_NOTES)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that completes `grade` and `grader` in a shell.

    It completes subcommands, options, files, assignments, functions and formats.
    """
    from click.shell_completion import get_completion_class

    from grader.cli.grade import command as grade

    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(
            f"this version of click can't complete in {shell}; run: "
            "python -m pip install --upgrade click"
        )
    for name, program in (("grade", grade), ("grader", context.find_root().command)):
        click.echo(complete(program, {}, name, f"_{name.upper()}_COMPLETE").source())
