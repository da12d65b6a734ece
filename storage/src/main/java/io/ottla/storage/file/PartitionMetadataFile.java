package io.ottla.storage.file;

import io.ottla.storage.file.LogDirectory.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code partition.metadata}: the id of the topic that a partition's directory belongs to.
 *
 * <pre>
 * version: 0
 * topic_id: AAAAAAAAAAEAAAAAAAAAAg
 * </pre>
 */
public final class PartitionMetadataFile {
    public static final String FILE_NAME = "partition.metadata";

    private static final int UUID_BYTES = 16;

    private PartitionMetadataFile() {}

    /**
     * Reads the topic id; empty if the directory has no such file, or one that does not hold a whole id: a loss of power may
     * take any part of it, and the controller names the topic again. Blocks.
     *
     * @throws IOException if the file cannot be read
     */
    public static Optional<UUID> read(LogDirectory directory, String partitionDirectory) throws IOException {
        String name = partitionDirectory + "/" + FILE_NAME;
        if (!directory.exists(name)) {
            return Optional.empty();
        }
        String text = new String(directory.readFully(name), StandardCharsets.UTF_8);
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("topic_id:")) {
                return parse(line.substring("topic_id:".length()).trim());
            }
        }
        return Optional.empty();
    }

    private static Optional<UUID> parse(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            return bytes.remaining() == UUID_BYTES
                    ? Optional.of(new UUID(bytes.getLong(), bytes.getLong()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the topic id. Blocks. The file is not forced: what a loss of power takes is written again when the controller
     * next names the topic.
     */
    public static void write(LogDirectory directory, String partitionDirectory, UUID topicId) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits());
        String text = "version: 0\ntopic_id: "
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
        directory.replace(partitionDirectory + "/" + FILE_NAME, text.getBytes(StandardCharsets.UTF_8), Durability.LAZY);
    }
}
