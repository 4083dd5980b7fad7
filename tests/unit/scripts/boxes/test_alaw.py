"""A-law, the telephone network's coding."""

import pytest
from boxes import alaw


def test_every_code_comes_back() -> None:
    """Decoding and coding again gives the same byte, for all 256."""
    codes = bytes(range(256))

    assert alaw.encode(alaw.decode(codes)) == codes


@pytest.mark.parametrize("sample", [0, 7, -8, 100, -1000, 12000, -32768, 32767])
def test_a_sample_comes_back_nearly(sample: int) -> None:
    """The error is within half a step: 1/32 of the value, at least 8."""
    (back,) = alaw.decode(alaw.encode([sample]))

    assert abs(back - sample) <= max(8, abs(sample) / 30)
