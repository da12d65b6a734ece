package io.ottla.broker.coordinator.runtime;

import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Reads a shard's log from its start to the end it had when the load began: reads and decodes on the workers, replays on
 * the loop, one chunk at a time. Confined to whichever of the two runs its step.
 */
final class ShardLoader {
    /** The shard being loaded; called on its loop. */
    interface Target {
        /** Replays; false if the shard is not wanted any more, and the load ends. */
        boolean replay(List<LogEntry> entries);

        void onLoaded();

        void onLoadFailed(Throwable cause);
    }

    private final int partition;
    private final PartitionReader reader;
    private final int chunkBytes;
    private final LogDecoder decoder;
    private final Executor workers;
    private final EventExecutor loop;
    private final Target target;
    private long nextOffset;
    private long endOffset;

    ShardLoader(
            int partition,
            PartitionReader reader,
            int chunkBytes,
            LogDecoder decoder,
            Executor workers,
            EventExecutor loop,
            Target target) {
        this.partition = partition;
        this.reader = reader;
        this.chunkBytes = chunkBytes;
        this.decoder = decoder;
        this.workers = workers;
        this.loop = loop;
        this.target = target;
    }

    void start() {
        workers.execute(() -> step(this::readEnds));
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Any failure of a step, an error of the decoder included, ends the load. */
    private void step(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException | LinkageError e) {
            loop.execute(() -> target.onLoadFailed(e));
        }
    }

    private void readEnds() throws IOException {
        nextOffset = reader.startOffset(partition);
        endOffset = reader.endOffset(partition);
        readChunk();
    }

    private void readChunk() throws IOException {
        if (nextOffset >= endOffset) {
            loop.execute(target::onLoaded);
            return;
        }
        PartitionReader.Chunk chunk = reader.read(partition, nextOffset, chunkBytes);
        List<LogEntry> records;
        try {
            records = decoder.decode(chunk.batches());
        } finally {
            chunk.batches().release();
        }
        if (chunk.nextOffset() <= nextOffset) {
            throw new IOException("read of partition " + partition + " at offset " + nextOffset
                    + " stands still, expected" + " to reach " + endOffset);
        }
        nextOffset = chunk.nextOffset();
        loop.execute(() -> replayThenGoOn(records));
    }

    private void replayThenGoOn(List<LogEntry> records) {
        boolean wanted;
        try {
            wanted = target.replay(records);
        } catch (RuntimeException e) {
            target.onLoadFailed(e);
            return;
        }
        if (wanted) {
            workers.execute(() -> step(this::readChunk));
        }
    }
}
