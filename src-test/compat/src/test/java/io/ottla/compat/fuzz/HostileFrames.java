package io.ottla.compat.fuzz;

import io.ottla.compat.fuzz.RandomRequests.VersionRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.ApiMessageType;

/** Bytes that a broker should survive. Confined to its thread; the seed decides everything. */
final class HostileFrames {

    private static final int MAX_RANDOM_BYTES = 300;
    private static final int MAX_MUTATIONS = 4;
    private static final int[] LENGTHS = {
        -1, Integer.MIN_VALUE, 0, 1, 3, 7, Integer.MAX_VALUE, 104857601, 0x47455420, 0x16030100, 0x50524920
    };
    private static final int[] ANNOUNCED = {104857600, 50_000_000, 1_000_000, 65_537, 4_096};
    private static final byte[][] LENGTH_BYTES = {
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
        {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
        {(byte) 0x80, 0x00, 0x00, 0x00},
        {0x7f, (byte) 0xff},
        {0x00},
    };

    private final Random random;
    private final RandomRequests requests;

    /**
     * A frame as it goes over the wire.
     *
     * @param isLast whether nothing can follow it: the frame is broken off, or its length is none
     */
    record Hostile(byte[] wire, boolean isLast) {}

    HostileFrames(Random random, Set<ApiMessageType> excluded, Map<Short, VersionRange> served) {
        this.random = random;
        this.requests = new RandomRequests(random, excluded, served);
    }

    Hostile next(int correlationId) {
        int kind = random.nextInt(100);
        if (kind < 45) {
            return new Hostile(framed(requests.next(correlationId)), false);
        } else if (kind < 85) {
            return new Hostile(framed(mutated(requests.next(correlationId))), false);
        } else if (kind < 92) {
            return new Hostile(framed(randomBytes()), false);
        } else if (kind < 95) {
            return new Hostile(announced(LENGTHS[random.nextInt(LENGTHS.length)], randomBytes()), true);
        } else if (kind < 97) {
            byte[] body = requests.next(correlationId);
            return new Hostile(announced(body.length + ANNOUNCED[random.nextInt(ANNOUNCED.length)], body), true);
        } else {
            byte[] whole = framed(requests.next(correlationId));
            return new Hostile(Arrays.copyOf(whole, random.nextInt(whole.length)), true);
        }
    }

    private byte[] mutated(byte[] frame) {
        byte[] bytes = frame;
        int mutations = 1 + random.nextInt(MAX_MUTATIONS);
        for (int i = 0; i < mutations && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
                default -> {
                    byte[] length = LENGTH_BYTES[random.nextInt(LENGTH_BYTES.length)];
                    System.arraycopy(length, 0, bytes, at, Math.min(length.length, bytes.length - at));
                }
            }
        }
        return bytes;
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[random.nextInt(MAX_RANDOM_BYTES)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] framed(byte[] body) {
        return announced(body.length, body);
    }

    private static byte[] announced(int length, byte[] body) {
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(length)
                .put(body)
                .array();
    }
}
