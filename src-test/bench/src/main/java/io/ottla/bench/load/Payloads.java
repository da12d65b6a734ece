package io.ottla.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Values that look like those of real topics to a compressor: JSON events with words, numbers and identifiers. The same in
 * every run. All values within a batch differ, so that compression finds words but not whole records again. Immutable.
 */
final class Payloads {
    private static final long SEED = 20260101;
    private static final int TOTAL_BYTES = 1 << 20;
    private static final int FEWEST = 16;
    private static final String[] WORDS = {
        "order", "customer", "created", "status", "pending", "shipped", "address", "street", "amount", "currency",
        "EUR", "quantity", "product", "warehouse", "timestamp", "session", "device", "mobile", "region", "europe",
        "north", "invoice", "payment", "accepted", "rejected", "country", "delivery", "express", "standard", "returned"
    };

    private final byte[][] values;
    private final int recordBytes;

    Payloads(int recordBytes) {
        this.recordBytes = recordBytes;
        Random random = new Random(SEED);
        values = new byte[Math.max(FEWEST, TOTAL_BYTES / recordBytes)][];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(random, recordBytes);
        }
    }

    int recordBytes() {
        return recordBytes;
    }

    /** The value for the record of this number; shared, not to be changed. */
    byte[] get(long number) {
        return values[(int) (number % values.length)];
    }

    private static byte[] value(Random random, int sizeBytes) {
        StringBuilder text = new StringBuilder(sizeBytes + 64).append('{');
        while (text.length() < sizeBytes) {
            text.append('"')
                    .append(WORDS[random.nextInt(WORDS.length)])
                    .append("\":\"")
                    .append(WORDS[random.nextInt(WORDS.length)])
                    .append("\",\"id\":")
                    .append(Long.toHexString(random.nextLong()))
                    .append(',');
        }
        return text.substring(0, sizeBytes).getBytes(StandardCharsets.US_ASCII);
    }
}
