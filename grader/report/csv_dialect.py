"""How a gradebook is written as CSV; spreadsheets read it by the rules of their language."""

import enum


class CsvDialect(enum.StrEnum):
    """A form of CSV, named after the program that reads it.

    EXCEL has commas and decimal points. SEMICOLON has semicolons and decimal commas, as Excel
    expects where numbers are written with a comma. TAB has tabs and decimal points.
    """

    EXCEL = "excel"
    SEMICOLON = "excel-semicolon"
    TAB = "excel-tab"

    @property
    def separator(self) -> str:
        """What separates the columns."""
        return {CsvDialect.SEMICOLON: ";", CsvDialect.TAB: "\t"}.get(self, ",")

    @property
    def decimal_sign(self) -> str:
        """What separates the tenths."""
        return "," if self is CsvDialect.SEMICOLON else "."
