package io.ottla.protocol.record;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** A gzip stream whose level can be chosen, which the JDK's class hides. Confined to its caller. */
final class LevelledGzipStream extends GZIPOutputStream {
    private static final int BUFFER_BYTES = 8 * 1024;

    LevelledGzipStream(OutputStream out, int level) throws IOException {
        super(out, BUFFER_BYTES);
        def.setLevel(level);
    }
}
