package io.ottla.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Goal: the map knows the last offset of each key, within its memory. Method: random puts, held against a HashMap. */
class OffsetMapTest {
    private static final KeyHash HASH = new KeyHash(1, 2);

    @Test
    void remembersTheLastOffsetOfEachKey() {
        Random random = new Random(7);
        OffsetMap map = new OffsetMap(HASH, 5000, 1 << 20, 0.9);
        Map<Integer, Long> model = new HashMap<>();
        for (long offset = 0; offset < 20_000; offset++) {
            int key = random.nextInt(4000);
            assertThat(put(map, key, offset)).isTrue();
            model.put(key, offset);
        }
        for (int key = 0; key < 5000; key++) {
            assertThat(get(map, key)).isEqualTo(model.getOrDefault(key, OffsetMap.NO_OFFSET));
        }
        assertThat(map.keyCount()).isEqualTo(model.size());
    }

    @Test
    void takesNoNewKeyWhenItIsFullButStillTheOnesItHas() {
        OffsetMap map = new OffsetMap(HASH, 1_000_000, 100L * OffsetMap.SLOT_BYTES, 0.9);
        int key = 0;
        while (put(map, key, key)) {
            key++;
        }
        assertThat(key).isEqualTo(90).isEqualTo(map.maxKeys());
        assertThat(map.isFull()).isTrue();
        assertThat(put(map, 17, 5000)).isTrue();
        assertThat(get(map, 17)).isEqualTo(5000);
        assertThat(get(map, key)).isEqualTo(OffsetMap.NO_OFFSET);
    }

    @Test
    void takesNoMoreMemoryThanThereIsUseFor() {
        assertThat(new OffsetMap(HASH, 1000, 1 << 30, 0.5).sizeBytes()).isLessThan(2010L * OffsetMap.SLOT_BYTES);
        assertThat(new OffsetMap(HASH, Long.MAX_VALUE, 1 << 20, 0.9).sizeBytes())
                .isLessThanOrEqualTo(1 << 20);
    }

    private static boolean put(OffsetMap map, int key, long offset) {
        ByteBuf bytes = Unpooled.buffer(4).writeInt(key);
        return map.put(bytes, 0, 4, offset);
    }

    private static long get(OffsetMap map, int key) {
        return map.get(Unpooled.buffer(4).writeInt(key), 0, 4);
    }
}
