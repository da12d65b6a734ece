package io.ottla.sim.disk;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The bytes of a file, and what of them would survive a loss of power. */
final class SimFile {
    private static final int PAGE_BYTES = 512;

    private byte[] data = new byte[64];
    private int size;
    private int forcedSize;
    /** The forced bytes, once they have been overwritten or cut. */
    private byte @Nullable [] forcedImage;

    long modifiedMs;

    int size() {
        return size;
    }

    int read(long position, ByteBuf target, int length) {
        int count = (int) Math.max(0, Math.min(length, size - position));
        target.writeBytes(data, (int) Math.min(position, size), count);
        return count;
    }

    byte[] bytes() {
        return Arrays.copyOf(data, size);
    }

    void write(long position, ByteBuf source, int index, int length) {
        int at = (int) position;
        keepForced(at);
        if (at + length > data.length) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, at + length));
        }
        source.getBytes(index, data, at, length);
        size = Math.max(size, at + length);
    }

    void truncate(long newSize) {
        if (newSize < size) {
            keepForced((int) newSize);
            Arrays.fill(data, (int) newSize, size, (byte) 0);
            size = (int) newSize;
        }
    }

    private void keepForced(int from) {
        if (from < forcedSize && forcedImage == null) {
            forcedImage = Arrays.copyOf(data, forcedSize);
        }
    }

    void force() {
        forcedSize = size;
        forcedImage = null;
    }

    void losePower(Random random) {
        byte[] old = forcedImage;
        if (old != null && random.nextBoolean()) {
            data = old;
            size = old.length;
        } else if (size > forcedSize) {
            loseTail(random);
        }
        force();
    }

    private void loseTail(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> cut(forcedSize);
            case 1 -> cut(forcedSize + random.nextInt(size - forcedSize));
            case 2 -> {
                for (int at = forcedSize; at < size; at = (at / PAGE_BYTES + 1) * PAGE_BYTES) {
                    if (random.nextBoolean()) {
                        Arrays.fill(data, at, Math.min(size, (at / PAGE_BYTES + 1) * PAGE_BYTES), (byte) 0);
                    }
                }
            }
            default -> {
                // All of it had been written back already.
            }
        }
    }

    private void cut(int newSize) {
        Arrays.fill(data, newSize, size, (byte) 0);
        size = newSize;
    }
}
