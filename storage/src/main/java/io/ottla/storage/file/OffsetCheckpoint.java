package io.ottla.storage.file;

import io.ottla.protocol.api.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of one offset per partition, as Apache Kafka keeps several at the top of each log directory:
 *
 * <pre>
 * 0                        format version
 * 2                        number of lines that follow
 * orders 0 4711            topic, partition, offset
 * orders 1 12
 * </pre>
 */
public final class OffsetCheckpoint {
    /** Up to where each log is known to be on disk. */
    public static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";

    /** The first offset of each log that clients may read. */
    public static final String LOG_START_OFFSETS = "log-start-offset-checkpoint";

    /** The high watermarks. */
    public static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    /** Up to where the cleaner has been. */
    public static final String CLEANED_OFFSETS = "cleaner-offset-checkpoint";

    private static final String VERSION = "0";

    private final LogDirectory directory;
    private final String name;

    public OffsetCheckpoint(LogDirectory directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** Replaces the file. Blocks. */
    public void write(Map<TopicPartition, Long> offsets) throws IOException {
        StringBuilder text = new StringBuilder(32 * (offsets.size() + 1));
        text.append(VERSION).append('\n').append(offsets.size()).append('\n');
        new TreeMap<>(offsets).forEach((partition, offset) -> text.append(partition.topic())
                .append(' ')
                .append(partition.partition())
                .append(' ')
                .append(offset)
                .append('\n'));
        directory.replace(name, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the file; empty if it does not exist. Blocks.
     *
     * @throws IOException if the file cannot be read or is malformed; the message names file and line
     */
    public Map<TopicPartition, Long> read() throws IOException {
        if (!directory.exists(name)) {
            return Map.of();
        }
        String[] lines = new String(directory.readFully(name), StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length < 2 || !lines[0].trim().equals(VERSION)) {
            throw malformed(1, lines[0], "the version " + VERSION);
        }
        int count = (int) parse(lines[1], 2, "the number of entries");
        if (count < 0 || count > lines.length - 2) {
            throw malformed(2, lines[1], "as many entries as the file has lines, " + (lines.length - 2));
        }
        Map<TopicPartition, Long> offsets = new HashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            String line = lines[i + 2];
            String[] parts = line.trim().split("\\s+", -1);
            if (parts.length != 3) {
                throw malformed(i + 3, line, "topic, partition and offset");
            }
            int partition = (int) parse(parts[1], i + 3, "a partition");
            offsets.put(new TopicPartition(parts[0], partition), parse(parts[2], i + 3, "an offset"));
        }
        return offsets;
    }

    private long parse(String text, int line, String expected) throws IOException {
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            IOException malformed = malformed(line, text, expected);
            malformed.initCause(e);
            throw malformed;
        }
    }

    private IOException malformed(int line, String actual, String expected) {
        return new IOException("checkpoint " + directory.path().resolve(name) + ", line " + line + ": expected "
                + expected + " but found \"" + actual + "\"");
    }
}
