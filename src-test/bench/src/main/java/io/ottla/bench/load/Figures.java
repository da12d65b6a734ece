package io.ottla.bench.load;

/** Names of values that loads take themselves, because they exist only while the load lasts. */
public final class Figures {
    public static final String RESIDENT_BYTES = "resident bytes";
    public static final String OPEN_FILES = "open files";
    public static final String LEFT_BYTES = "bytes left";
    public static final String TRANSACTION_VERSION = "transaction.version";

    private Figures() {}
}
