"""Shows what a child prints on our own streams, while it is captured."""

from __future__ import annotations

import codecs
import sys

from procman.secret import Bytes


class Tee:
    """Writes to our stdout or stderr, whatever stands there now."""

    def __init__(self, name: str) -> None:
        self._name = name
        # A text stream gets whole characters, wherever a read ended.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, data: Bytes) -> None:
        """Show what came next."""
        self._write(self._decoder.decode(data))

    def close(self) -> None:
        """Show the rest."""
        self._write(self._decoder.decode(b"", final=True))

    def _write(self, text: str) -> None:
        stream = sys.stdout if self._name == "stdout" else sys.stderr
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
