package io.ottla.storage.epoch;

import java.nio.charset.StandardCharsets;

/**
 * The text of a partition's {@code leader-epoch-checkpoint} file, as Apache Kafka writes it:
 *
 * <pre>
 *  0                    version
 *  2                    number of entries
 *  0 0                  epoch, start offset
 *  3 1042
 * </pre>
 *
 * <p>The file is not forced with every change, so after a power loss it may be empty, cut or full of zeros (KAFKA-16541).
 * Decoding accepts nothing by half: any damage is an error, upon which the owner rebuilds the epochs from the batches.
 */
public final class LeaderEpochCheckpoint {
    /** Name of the file in a partition's directory. */
    public static final String FILE_NAME = "leader-epoch-checkpoint";

    private static final String VERSION = "0";

    private LeaderEpochCheckpoint() {}

    public static byte[] encode(LeaderEpochs epochs) {
        StringBuilder text = new StringBuilder(16 + epochs.size() * 16);
        text.append(VERSION).append('\n').append(epochs.size()).append('\n');
        for (int i = 0; i < epochs.size(); i++) {
            text.append(epochs.epoch(i))
                    .append(' ')
                    .append(epochs.startOffset(i))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the text of a checkpoint.
     *
     * @param source names the file in error messages
     * @throws CorruptEpochCheckpointException if the text is not exactly what {@link #encode} makes of some epochs,
     *     other line ends aside
     */
    public static LeaderEpochs decode(byte[] content, String source) throws CorruptEpochCheckpointException {
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\r?\n", -1);
        int lineCount = lines.length - 1;
        if (!lines[lineCount].isEmpty()) {
            // What is left of a number reads as a smaller one: an epoch would seem to begin earlier than it has.
            throw corrupt(
                    source, lines.length, "the file ends within '" + abbreviate(lines[lineCount]) + "'", "a line end");
        }
        if (lineCount < 2) {
            throw corrupt(source, lineCount, "the file ends", "version and entry count");
        }
        if (!lines[0].equals(VERSION)) {
            throw corrupt(source, 1, "version '" + abbreviate(lines[0]) + "'", VERSION);
        }
        long entryCount = number(lines[1], source, 2);
        if (entryCount != lineCount - 2) {
            throw corrupt(source, 2, "entry count " + entryCount, (lineCount - 2) + ", the lines that follow");
        }
        LeaderEpochs epochs = LeaderEpochs.EMPTY;
        for (int i = 2; i < lineCount; i++) {
            epochs = decodeEntry(epochs, lines[i], source, i + 1);
        }
        return epochs;
    }

    private static LeaderEpochs decodeEntry(LeaderEpochs before, String line, String source, int lineNumber)
            throws CorruptEpochCheckpointException {
        int space = line.indexOf(' ');
        if (space < 0) {
            throw corrupt(source, lineNumber, "'" + abbreviate(line) + "'", "epoch and start offset");
        }
        long epoch = number(line.substring(0, space), source, lineNumber);
        long startOffset = number(line.substring(space + 1).strip(), source, lineNumber);
        if (epoch > Integer.MAX_VALUE) {
            throw corrupt(source, lineNumber, "epoch " + epoch, "at most " + Integer.MAX_VALUE);
        }
        LeaderEpochs after = before.assign((int) epoch, startOffset);
        if (after.size() != before.size() + 1) {
            throw corrupt(source, lineNumber, epoch + "@" + startOffset, "both above those of the line before");
        }
        return after;
    }

    private static long number(String text, String source, int lineNumber) throws CorruptEpochCheckpointException {
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Refused below, together with negative numbers.
        }
        throw corrupt(source, lineNumber, "'" + abbreviate(text) + "'", "a number that is not negative");
    }

    private static CorruptEpochCheckpointException corrupt(String source, int line, String actual, String expected) {
        return new CorruptEpochCheckpointException(source + " line " + line + ": " + actual + ", expected " + expected);
    }

    private static String abbreviate(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
