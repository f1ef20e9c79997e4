"""The file that gets all a child prints."""

from __future__ import annotations

from pathlib import Path

from procman.secret import Bytes


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
                left = left[self._file.write(left) :]
        except OSError as error:
            self._file.close()
            error.filename = str(self._path)
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
