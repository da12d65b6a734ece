package io.ottla.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges a history, once the load has ended, by what is in the logs. Confined to the thread that judges.
 */
public final class HistoryCheck {
    private final Map<Integer, List<StoredRecord>> log = new HashMap<>();
    private final Map<RecordKey, Long> offsets = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private HistoryCheck() {}

    /**
     * All violations of {@link Rule}s.
     *
     * @param stored everything that is in the logs, by partition in the order of reading, from the first offset on
     */
    public static List<Violation> check(History history, List<StoredRecord> stored) {
        HistoryCheck check = new HistoryCheck();
        check.walk(stored);
        check.everythingWasSent(history);
        history.producers().forEach(check::acknowledgedIsKept);
        history.deliveries().forEach(check::deliveredIsKept);
        history.deliveries().forEach(check::everythingIsDelivered);
        history.commits().forEach(commits -> check.violations.addAll(commits.violations()));
        return List.copyOf(check.violations);
    }

    private void walk(List<StoredRecord> stored) {
        Map<Integer, Long> nextOffset = new HashMap<>();
        Map<String, Long> lastSequence = new HashMap<>();
        for (StoredRecord record : stored) {
            log.computeIfAbsent(record.partition(), key -> new ArrayList<>()).add(record);
            long expected = nextOffset.getOrDefault(record.partition(), record.offset());
            if (record.offset() != expected) {
                report(Rule.OFFSETS_ARE_DENSE, "%s stands where offset %d is due".formatted(record, expected));
            }
            nextOffset.put(record.partition(), record.offset() + 1);
            Long first = offsets.putIfAbsent(RecordKey.of(record), record.offset());
            if (first != null) {
                report(Rule.NOTHING_TWICE, "%s is at offset %d already".formatted(record, first));
                continue;
            }
            Long last = lastSequence.put(record.partition() + "/" + record.producer(), record.sequence());
            if (last != null && last > record.sequence()) {
                report(Rule.ORDER_OF_A_PRODUCER, "%s comes after sequence %d".formatted(record, last));
            }
        }
    }

    private void everythingWasSent(History history) {
        Map<String, Map<Integer, Long>> attempts = new HashMap<>();
        history.producers().forEach(producer -> attempts.put(producer.producer(), producer.attemptsByPartition()));
        for (RecordKey key : offsets.keySet()) {
            long sent = attempts.getOrDefault(key.producer, Map.of()).getOrDefault(key.partition, 0L);
            if (key.sequence < 0 || key.sequence >= sent) {
                report(Rule.NOTHING_INVENTED, "%s was never sent".formatted(key));
            }
        }
    }

    private void acknowledgedIsKept(ProducerHistory producer) {
        for (int partition : producer.attemptsByPartition().keySet()) {
            producer.acknowledged(partition).forEach((sequence, acknowledgedOffset) -> {
                RecordKey key = new RecordKey(partition, producer.producer(), sequence);
                Long offset = offsets.get(key);
                if (offset == null) {
                    report(
                            Rule.ACKNOWLEDGED_IS_KEPT,
                            "%s was acknowledged at %d and is lost".formatted(key, acknowledgedOffset));
                } else if (acknowledgedOffset >= 0 && !acknowledgedOffset.equals(offset)) {
                    report(
                            Rule.ACKNOWLEDGED_IS_KEPT,
                            "%s, acknowledged at %d, is at %d".formatted(key, acknowledgedOffset, offset));
                }
            });
        }
    }

    private void deliveredIsKept(DeliveryHistory group) {
        for (StoredRecord record : group.records()) {
            Long offset = offsets.get(RecordKey.of(record));
            if (offset == null || offset != record.offset()) {
                report(
                        Rule.DELIVERED_IS_KEPT,
                        "group %s was given %s; it is %s"
                                .formatted(group.group(), record, offset == null ? "lost" : "at " + offset));
            }
        }
    }

    private void everythingIsDelivered(DeliveryHistory group) {
        Map<Integer, List<Long>> delivered = new HashMap<>();
        for (StoredRecord record : group.records()) {
            delivered
                    .computeIfAbsent(record.partition(), key -> new ArrayList<>())
                    .add(record.offset());
        }
        log.forEach((partition, records) -> {
            Set<Long> seen = new HashSet<>(delivered.getOrDefault(partition, List.of()));
            for (StoredRecord record : records) {
                if (!seen.contains(record.offset())) {
                    report(Rule.EVERYTHING_IS_DELIVERED, "group %s was not given %s".formatted(group.group(), record));
                }
            }
        });
    }

    private void report(Rule rule, String what) {
        violations.add(new Violation(rule, what));
    }

    /** What makes a record that record, wherever it stands. */
    private record RecordKey(int partition, String producer, long sequence) {
        static RecordKey of(StoredRecord record) {
            return new RecordKey(record.partition(), record.producer(), record.sequence());
        }
    }
}
