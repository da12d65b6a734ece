package io.ottla.check;

/**
 * A record as a reader finds it in the log.
 *
 * @param sequence counts the records of {@code producer} in {@code partition} from 0, in the order of sending
 */
public record StoredRecord(int partition, long offset, String producer, long sequence) {
    /** What a producer writes as the record's value, so that {@link #parse} finds it again. */
    public static String value(String producer, long sequence) {
        return producer + ":" + sequence;
    }

    /** A record that was read: what stands behind a second colon is padding. */
    public static StoredRecord parse(int partition, long offset, String value) {
        int end = value.indexOf(':');
        int next = value.indexOf(':', end + 1);
        String sequence = value.substring(end + 1, next < 0 ? value.length() : next);
        return new StoredRecord(partition, offset, value.substring(0, end), Long.parseLong(sequence));
    }
}
