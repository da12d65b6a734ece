package io.ottla.protocol.schema;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;

/** Topic and directory ids: 128 bits, in text 22 characters of URL-safe Base64 without padding. */
public final class Base64Uuid {
    /** Stands for "no id" throughout the protocol. */
    public static final UUID ZERO = new UUID(0, 0);
    /** Reserved by Kafka (the metadata topic of KRaft); never given to a topic. */
    public static final UUID ONE = new UUID(0, 1);

    private static final int BYTES = 16;
    private static final int TEXT_LENGTH = 22;

    private Base64Uuid() {}

    public static String toText(UUID id) {
        ByteBuffer bytes =
                ByteBuffer.allocate(BYTES).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * The id that {@link #toText} turned into {@code text}.
     *
     * @throws IllegalArgumentException if {@code text} is not such an id
     */
    public static UUID fromText(String text) {
        if (text.length() > TEXT_LENGTH + 2) {
            throw new IllegalArgumentException("id has " + text.length() + " characters, expected " + TEXT_LENGTH);
        }
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("id '" + text + "' has " + bytes.length + " bytes, expected " + BYTES
                    + " (" + TEXT_LENGTH + " characters)");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /**
     * A version 4 UUID that is not reserved and whose text does not begin with a dash, which command lines would take
     * for an option.
     */
    public static UUID random(Random random) {
        while (true) {
            long high = (random.nextLong() & ~0xF000L) | 0x4000L;
            long low = (random.nextLong() & ~(0xC000L << 48)) | (0x8000L << 48);
            UUID id = new UUID(high, low);
            if (toText(id).charAt(0) != '-') {
                return id;
            }
        }
    }
}
