package io.ottla.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Brings the machine's memory into the state in which a broker finds it after a day: full of cached file pages that can be given
 * up at once, none of them free.
 *
 * <p>On a virtual machine whose kernel reports free pages to its host, a page that was free for a while has to be fetched from
 * the host again, and the time counts as kernel time of the process that writes to it first. So a broker's processor time per
 * written GB would depend on which pages it happens to get: factors of two to three between two runs of one broker were seen.
 *
 * <p>The cache is filled by reading a file without contents, each part of which is read only once: what was read before is old, and is
 * what the kernel gives up first. Confined to the thread of the run.
 */
public final class FullMemory implements AutoCloseable {
    /** Free pages below this share of the memory are the kernel's own reserve. */
    private static final double FREE_SHARE = 0.02;

    /** More than any memory, and within what the usual file systems allow for a file. */
    private static final long FILE_BYTES = 8L << 40;

    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES_PER_LOOK = 64;

    private final FileChannel file;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    private long position;

    /** Makes the file, which is gone when this is closed. */
    public FullMemory(Path path) {
        try {
            file = FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            // One byte at the end makes the file long; everything before it is a hole.
            file.write(ByteBuffer.allocate(1), FILE_BYTES - 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + path, e);
        }
    }

    /** Fills what is free now; reads at most the size of the memory. */
    public void fill() {
        MachineMemory memory = MachineMemory.now();
        long wanted = (long) (memory.totalBytes() * FREE_SHARE);
        long end = Math.min(position + memory.totalBytes(), FILE_BYTES - PIECE_BYTES);
        while (memory.freeBytes() > wanted && position < end) {
            read(PIECES_PER_LOOK);
            memory = MachineMemory.now();
        }
    }

    private void read(int pieces) {
        try {
            for (int i = 0; i < pieces; i++) {
                piece.clear();
                position += Math.max(0, file.read(piece, position));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fill the memory", e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the file that filled the memory", e);
        }
    }
}
