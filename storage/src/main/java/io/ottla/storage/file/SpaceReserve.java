package io.ottla.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room that is left for clients in a log directory: below the reserve ({@code log.dir.reserve.bytes}) they may not append,
 * so that the broker itself still can, until there is half of the reserve more. Any thread.
 */
public final class SpaceReserve {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceReserve.class);

    /** The reserve takes at most this part of a small file system. */
    private static final int SMALLEST_PART = 20;

    private final Path path;
    private final AtomicBoolean exhausted = new AtomicBoolean();

    /** Bytes that clients may append until the next measurement. */
    private final AtomicLong headroom = new AtomicLong(Long.MAX_VALUE);

    SpaceReserve(Path path) {
        this.path = path;
    }

    /** Whether clients may not append. */
    public boolean isExhausted() {
        return exhausted.get();
    }

    /** Whether a client may append so many bytes, which are counted until the room is measured again. */
    public boolean admits(int sizeBytes) {
        if (exhausted.get()) {
            return false;
        }
        if (headroom.addAndGet(-sizeBytes) >= 0) {
            return true;
        }
        if (exhausted.compareAndSet(false, true)) {
            LOG.error(
                    "{} is filled down to log.dir.reserve.bytes: produce requests are refused until there is room again;"
                            + " everything else goes on",
                    path);
        }
        return false;
    }

    /**
     * Judges by a measurement.
     *
     * @param reserveBytes {@code log.dir.reserve.bytes}
     */
    public void onMeasured(long usableBytes, long totalBytes, long reserveBytes) {
        long reserve = Math.min(reserveBytes, totalBytes / SMALLEST_PART);
        headroom.set(usableBytes - reserve);
        if (usableBytes < reserve) {
            if (exhausted.compareAndSet(false, true)) {
                LOG.error(
                        "{} has {} bytes left, less than log.dir.reserve.bytes {}: produce requests are refused until there are"
                                + " {}; everything else goes on",
                        path,
                        usableBytes,
                        reserve,
                        reserve + reserve / 2);
            }
        } else if (usableBytes >= reserve + reserve / 2 && exhausted.compareAndSet(true, false)) {
            LOG.info("{} has {} bytes left again: produce requests are accepted", path, usableBytes);
        }
    }

    /** A write has found no room. Until it is measured again, clients may not append. */
    public void onDiskFull(String action) {
        if (exhausted.compareAndSet(false, true)) {
            LOG.error("{} is full ({} failed): produce requests are refused until there is room again", path, action);
        } else {
            LOG.debug("{} is full: {} failed", path, action);
        }
    }

    /** Whether an operation has failed because the file system has no room, or a quota is used up. */
    public static boolean isDiskFull(IOException failure) {
        String message = failure.getMessage();
        return message != null && (message.contains("No space left") || message.contains("Disk quota exceeded"));
    }
}
