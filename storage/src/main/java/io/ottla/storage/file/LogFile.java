package io.ottla.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * An open file with positioned reads and writes. Usable from any thread; who writes must agree among themselves.
 *
 * <p>The file is closed when its last reference is released, so a response that still refers to it can be sent after
 * its segment has been deleted.
 */
public interface LogFile {
    /** The name relative to the log directory under which the file was opened. */
    String name();

    /**
     * Reads up to {@code length} bytes from {@code position} and appends them to {@code target}.
     *
     * @return the number of bytes read, less than {@code length} only at the end of the file
     */
    int read(long position, ByteBuf target, int length) throws IOException;

    /**
     * Writes {@code length} bytes of {@code source} from {@code index} on at {@code position}, all of them or it
     * throws. The reader index of the source does not move.
     */
    void write(long position, ByteBuf source, int index, int length) throws IOException;

    long sizeBytes() throws IOException;

    /** Cuts the file to a size; a file that is shorter already stays as it is. */
    void truncate(long sizeBytes) throws IOException;

    /** Makes all bytes written so far durable. Blocks; never called on an event loop. */
    void force() throws IOException;

    /**
     * Whether a range can be read without waiting for the disk, as far as the operating system can tell. Costs some
     * microseconds, more for a large range. A file that is no file of a disk is always in memory.
     */
    default boolean isInMemory(long position, int length) throws IOException {
        return true;
    }

    /** The channel to hand to the kernel for sendfile, or null where there is none (a simulated file). */
    @Nullable
    FileChannel channel();

    /** Takes a further reference; false if the file is closed already. */
    boolean tryRetain();

    /** Gives a reference back; the last one closes the file. */
    void release();
}
