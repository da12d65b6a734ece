package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tombstones that may be too many for one batch, and may well be written in several: each of them stands for itself.
 * Confined to the shard's loop.
 */
final class RecordChunks {
    private static final int RECORD_OVERHEAD_BYTES = 64;
    private static final int MAX_BYTES_PER_CHAR = 3;

    private final int maxChunkBytes;
    private final List<List<CoordinatorRecord>> chunks = new ArrayList<>();
    private List<CoordinatorRecord> open = new ArrayList<>();
    private long openBytes;

    RecordChunks(int maxBatchBytes) {
        this.maxChunkBytes = maxBatchBytes / 2;
    }

    void offsetTombstone(String groupId, TopicPartition partition) {
        int chars = groupId.length() + partition.topic().length();
        add(GroupRecords.offsetTombstone(groupId, partition), chars);
    }

    void groupTombstone(String groupId) {
        add(GroupRecords.groupTombstone(groupId), groupId.length());
    }

    private void add(CoordinatorRecord tombstone, int chars) {
        long bytes = RECORD_OVERHEAD_BYTES + (long) chars * MAX_BYTES_PER_CHAR;
        if (!open.isEmpty() && openBytes + bytes > maxChunkBytes) {
            chunks.add(open);
            open = new ArrayList<>();
            openBytes = 0;
        }
        open.add(tombstone);
        openBytes += bytes;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /**
     * Appends all but the last chunk, and makes the last one the result of a command. If one append fails those behind it
     * fail with it, so the last one's outcome speaks for all.
     */
    <T> CommandResult<T> appendThrough(ShardContext context, T response, Consumer<ErrorCode> onOutcome) {
        chunks.forEach(chunk -> context.append(chunk, error -> {}));
        return new CommandResult<>(open, response, onOutcome);
    }

    /** Appends all chunks. */
    void appendAll(ShardContext context, Consumer<ErrorCode> onOutcome) {
        chunks.forEach(chunk -> context.append(chunk, error -> {}));
        if (!open.isEmpty()) {
            context.append(open, onOutcome);
        }
    }
}
