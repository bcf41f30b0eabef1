"""How much a child may send, in all and in each field of its messages.

The guest cuts what it describes to these bounds, and the host refuses whatever is beyond them. So
a long name in honest code is cut, and only a forged message is refused.
"""

from typing import Annotated

import msgspec

# Keys, values and items of MessagePack: what decoding costs grows with them.
MAX_PARTS = 250_000
MAX_NESTING = 32

MAX_NAME = 200
MAX_TEXT = 2_000
MAX_TOKEN_BYTES = 64

MAX_ITEMS = 10_000
MAX_ARTISTS = 500
MAX_POINTS = 100_000
MAX_DRAWINGS = 1_000
MAX_ARRAY_ELEMENTS = 1_000_000
MAX_ARRAY_BYTES = 8 * 1024 * 1024
MAX_DIMENSIONS = 16

MAX_NAMES = 1_000
MAX_NOTES = 1_000
MAX_STEPS = 1_000
MAX_TORCH_CALLS = 2_000

Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
LongText = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Token = Annotated[bytes, msgspec.Meta(max_length=MAX_TOKEN_BYTES)]

# A statement that takes longer, in seconds of CPU, is left out when the file is loaded again.
SLOW_S = 0.1
MAX_EDITS = 100  # of a unit's code, as listed by a child
