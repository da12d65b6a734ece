package io.ottla.storage.log;

import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Random keys, values and tombstones, plain, of idempotent producers and in transactions; and which values a reader of the whole
 * log would be left with. Transactions have keys of their own, so that the order of their ends does not matter.
 */
final class RandomLoad {
    private static final int KEYS = 15;
    private static final int IDEMPOTENT = 100;
    private static final int TRANSACTIONAL = 200;

    private final CleanerFixture fixture;
    private final Random random;
    private final Map<Integer, Integer> sequences = new HashMap<>();
    private final Map<String, @Nullable String> values = new HashMap<>();
    private final Map<Integer, Map<String, @Nullable String>> open = new TreeMap<>();
    private int nextValue;

    RandomLoad(CleanerFixture fixture, Random random) {
        this.fixture = fixture;
        this.random = random;
    }

    /** The values that are not deleted. */
    Map<String, String> values() {
        Map<String, String> present = new TreeMap<>();
        values.forEach((key, value) -> {
            if (value != null) {
                present.put(key, value);
            }
        });
        return present;
    }

    void put(String key, String value) {
        fixture.put(key, value);
        values.put(key, value);
    }

    /** One batch, or the end of a transaction. */
    void append(CompressionCodec codec) {
        int kind = random.nextInt(4);
        if (kind < 2) {
            Map<String, @Nullable String> changes = new HashMap<>();
            fixture.append(fixture.batch(codec, some("plain", changes)), AppendOrigin.CLIENT);
            values.putAll(changes);
        } else if (kind == 2) {
            int producer = IDEMPOTENT + random.nextInt(3);
            Map<String, @Nullable String> changes = new HashMap<>();
            appendOf(producer, false, some("producer" + producer, changes));
            values.putAll(changes);
        } else {
            int producer = TRANSACTIONAL + random.nextInt(3);
            if (open.containsKey(producer) && random.nextBoolean()) {
                end(producer);
            } else {
                Map<String, @Nullable String> changes = open.computeIfAbsent(producer, id -> new HashMap<>());
                appendOf(producer, true, some("producer" + producer, changes));
            }
        }
    }

    private void appendOf(int producer, boolean transactional, @Nullable String[] keysAndValues) {
        int sequence = sequences.merge(producer, keysAndValues.length / 2, Integer::sum) - keysAndValues.length / 2;
        fixture.append(fixture.batch(producer, sequence, transactional, keysAndValues), AppendOrigin.CLIENT);
    }

    private @Nullable String[] some(String prefix, Map<String, @Nullable String> changes) {
        @Nullable String[] keysAndValues = new @Nullable String[2 * (1 + random.nextInt(6))];
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String key = prefix + random.nextInt(KEYS);
            String value = random.nextInt(5) == 0 ? null : "value" + nextValue++;
            keysAndValues[i] = key;
            keysAndValues[i + 1] = value;
            changes.put(key, value);
        }
        return keysAndValues;
    }

    private void end(int producer) {
        Map<String, @Nullable String> changes = open.remove(producer);
        boolean commits = random.nextBoolean();
        fixture.append(fixture.marker(producer, commits ? Outcome.COMMIT : Outcome.ABORT), AppendOrigin.COORDINATOR);
        if (commits && changes != null) {
            values.putAll(changes);
        }
    }

    void endTransactions() {
        while (!open.isEmpty()) {
            end(open.keySet().iterator().next());
        }
    }
}
