package io.ottla.broker.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a listener speaks below the Kafka protocol; ids as on the wire. */
public enum SecurityProtocol {
    PLAINTEXT(0),
    SSL(1),
    SASL_PLAINTEXT(2),
    SASL_SSL(3);

    private final short id;

    SecurityProtocol(int id) {
        this.id = (short) id;
    }

    public short id() {
        return id;
    }

    /** The protocol of a name in whatever case, or null. */
    static @Nullable SecurityProtocol named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        for (SecurityProtocol protocol : values()) {
            if (protocol.name().equals(wanted)) {
                return protocol;
            }
        }
        return null;
    }
}
