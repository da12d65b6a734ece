package io.ottla.replication.partition;

import org.jspecify.annotations.Nullable;

/** What must have happened to an append before it is acknowledged: the {@code acks} of a produce. */
public enum RequiredAcks {
    /** Nothing is acknowledged; failures still close the connection. */
    NONE(0),
    /** Written to the leader's log, and flushed where flush.messages=1 says so. */
    LEADER(1),
    /** Below the high watermark: on every in-sync replica, of which there are at least min.insync.replicas. */
    ALL(-1);

    private final int code;

    RequiredAcks(int code) {
        this.code = code;
    }

    /** The constant for {@code acks} of a request, or null if there is none. */
    public static @Nullable RequiredAcks forCode(int code) {
        return switch (code) {
            case 0 -> NONE;
            case 1 -> LEADER;
            case -1 -> ALL;
            default -> null;
        };
    }

    public short code() {
        return (short) code;
    }
}
