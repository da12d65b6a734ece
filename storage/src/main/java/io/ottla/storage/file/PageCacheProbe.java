package io.ottla.storage.file;

import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel which parts of a file it has in memory, through a memory map that is never touched. Any thread, one at a
 * time.
 *
 * <p>The map has a channel of its own, which cannot write: a map of a channel that can would make a file longer that has been cut
 * meanwhile. It must be undone when the file is closed, else a deleted file keeps its place on the disk until the next collection
 * of garbage; where the JVM offers no way to do that, nothing is mapped and nothing is known to be in memory.
 */
final class PageCacheProbe implements AutoCloseable {
    private static final int STRIDE_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 64 << 10;
    private static final @Nullable Unmapper UNMAPPER = Unmapper.find();

    private final Path path;
    private @Nullable FileChannel channel;
    private @Nullable MappedByteBuffer map;
    private boolean closed;

    PageCacheProbe(Path path) {
        this.path = path;
    }

    /** The JDK's own way to undo a map; there is none in its public interface. */
    private record Unmapper(Object unsafe, Method invokeCleaner) {
        static @Nullable Unmapper find() {
            try {
                Class<?> type = Class.forName("sun.misc.Unsafe");
                Field instance = type.getDeclaredField("theUnsafe");
                instance.setAccessible(true);
                return new Unmapper(instance.get(null), type.getMethod("invokeCleaner", ByteBuffer.class));
            } catch (ReflectiveOperationException | RuntimeException e) {
                return null;
            }
        }

        void unmap(MappedByteBuffer map) {
            try {
                invokeCleaner.invoke(unsafe, map);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a memory map could not be undone", e);
            }
        }
    }

    /**
     * Whether a range is in memory: pieces of it all are, of each megabyte its beginning, and the end of the range. What is read
     * in order comes and goes in order, and asking for every page costs four times as much.
     *
     * @throws EOFException if the file ends before
     */
    synchronized boolean isInMemory(long position, int length) throws IOException {
        long end = position + length;
        if (UNMAPPER == null || closed || end > Integer.MAX_VALUE) {
            return false;
        }
        MappedByteBuffer mapped = map;
        if (mapped == null || mapped.capacity() < end) {
            mapped = mapAtLeast(end);
        }
        int piece = Math.min(length, PIECE_BYTES);
        for (int from = 0; from < length; from += STRIDE_BYTES) {
            if (!mapped.slice((int) position + from, Math.min(piece, length - from))
                    .isLoaded()) {
                return false;
            }
        }
        return mapped.slice((int) position + length - piece, piece).isLoaded();
    }

    private MappedByteBuffer mapAtLeast(long end) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path, StandardOpenOption.READ);
            channel = open;
        }
        long size = Math.min(open.size(), Integer.MAX_VALUE);
        if (size < end) {
            throw new EOFException(path + " ends at " + size + ", before " + end);
        }
        unmap();
        MappedByteBuffer mapped = open.map(FileChannel.MapMode.READ_ONLY, 0, size);
        map = mapped;
        return mapped;
    }

    private void unmap() {
        MappedByteBuffer mapped = map;
        map = null;
        if (mapped != null && UNMAPPER != null) {
            UNMAPPER.unmap(mapped);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        unmap();
        if (channel != null) {
            channel.close();
        }
    }
}
