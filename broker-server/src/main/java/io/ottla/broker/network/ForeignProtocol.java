package io.ottla.broker.network;

import org.jspecify.annotations.Nullable;

/** Guesses from the first four bytes of a connection who is talking to the wrong port. */
final class ForeignProtocol {

    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR_VERSION = 0x03;

    private ForeignProtocol() {}

    /** What a frame length looks like that is none, as a remark for the log, or null when nothing comes to mind. */
    static @Nullable String guess(int length) {
        if (length >>> 24 == TLS_HANDSHAKE && (length >>> 16 & 0xff) == TLS_MAJOR_VERSION) {
            return "looks like a TLS ClientHello on a listener without TLS";
        }
        return switch (ascii(length)) {
            case "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI " ->
                "looks like an HTTP request";
            case "HTTP" -> "looks like an HTTP response";
            case "SSH-" -> "looks like SSH";
            default -> null;
        };
    }

    private static String ascii(int fourBytes) {
        return new String(new char[] {
            (char) (fourBytes >>> 24),
            (char) (fourBytes >>> 16 & 0xff),
            (char) (fourBytes >>> 8 & 0xff),
            (char) (fourBytes & 0xff)
        });
    }
}
