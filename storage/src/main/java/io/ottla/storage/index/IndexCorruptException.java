package io.ottla.storage.index;

import java.io.IOException;

/** An index contradicts its format or its log; it has to be rebuilt from the log. The message names the file. */
public final class IndexCorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    public IndexCorruptException(String message) {
        super(message);
    }
}
