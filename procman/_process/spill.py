"""The file that gets all a child prints."""

from __future__ import annotations

from pathlib import Path

from procman.secret import Bytes

AT_ONCE = 65536
"""
Bytes of a write. Of a larger one the kernel keeps larger pieces of memory, which on a virtual
machine may be there in name only: 1 GiB took 1 to 1.4 s so, and 2.6 s by 256 KiB.
"""


class Spill:
    """
    A file in *folder*, new, with the name of the stream.

    Nothing is buffered: what was read is in the file, also when we are killed.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / name
        self._file = self._path.open("wb", buffering=0)

    def feed(self, data: Bytes) -> None:
        """
        Write what came next.

        Raises:
            OSError: there is no room for it; the error has the file's name.
        """
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left[:AT_ONCE]) :]
        except OSError as error:
            self._file.close()
            error.filename = str(self._path)
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
