package io.ottla.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.producer.ProducerVerdict.Duplicate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Goal: truncation and restart find the states of the log as it is then. Method: snapshot files in memory. */
class ProducerReloadTest {
    private static final long ID = 4;
    private static final long NEVER_MS = Long.MAX_VALUE;

    private final Files files = new Files();
    private final ProducerStates states = new ProducerStates(0);

    private static final class Files implements ProducerSnapshotFiles {
        final TreeMap<Long, byte[]> byOffset = new TreeMap<>();
        final List<Long> corrupt = new ArrayList<>();

        @Override
        public long[] offsets() {
            return byOffset.keySet().stream().mapToLong(Long::longValue).toArray();
        }

        @Override
        public byte[] read(long offset) throws IOException {
            byte[] content = byOffset.get(offset);
            if (content == null) {
                throw new IOException("no snapshot at " + offset);
            }
            return content;
        }

        @Override
        public void delete(long offset) {
            byOffset.remove(offset);
        }

        @Override
        public void onCorrupt(long offset, CorruptSnapshotException reason) {
            corrupt.add(offset);
        }
    }

    private void appendAndSnapshot(int count) {
        for (int i = 0; i < count; i++) {
            long offset = states.endOffset();
            states.onAppended(Batches.data(offset, ID, 0, (int) offset, 10), 0);
            files.byOffset.put(states.endOffset(), states.takeSnapshot());
        }
    }

    private long reload(long logStart, long logEnd) throws IOException {
        return states.reload(files, logStart, logEnd, Batches.TIMESTAMP, NEVER_MS);
    }

    @Test
    void truncationTakesTheNewestSnapshotWithinTheLog() throws IOException {
        appendAndSnapshot(4);
        assertThat(reload(0, 25)).isEqualTo(20);
        assertThat(files.byOffset.keySet()).containsExactly(10L, 20L);
        assertThat(states.producer(ID).lastSequence()).isEqualTo(19);
        assertThat(states.isSnapshotDue()).isFalse();
    }

    @Test
    void nothingIsReadWhenTheStatesAreAtTheEndAlready() throws IOException {
        appendAndSnapshot(2);
        files.byOffset.replaceAll((offset, content) -> new byte[0]);
        assertThat(reload(5, 20)).isEqualTo(20);
        assertThat(states.producer(ID)).isNotNull();
        assertThat(files.corrupt).isEmpty();
    }

    @Test
    void aDamagedSnapshotIsDeletedAndTheOneBeforeIsTaken() throws IOException {
        appendAndSnapshot(3);
        byte[] damaged = files.byOffset.get(30L);
        damaged[damaged.length - 1] ^= 1;
        states.reset(0);
        assertThat(reload(0, 35)).isEqualTo(20);
        assertThat(files.corrupt).containsExactly(30L);
        assertThat(files.byOffset).doesNotContainKey(30L);
    }

    @Test
    void withoutASnapshotAllOfTheLogMustBeTold() throws IOException {
        appendAndSnapshot(1);
        files.byOffset.clear();
        states.reset(0);
        assertThat(reload(3, 10)).isEqualTo(3);
        assertThat(states.size()).isZero();
    }

    @Test
    void snapshotsAtOrBelowTheLogStartAreDeleted() throws IOException {
        appendAndSnapshot(3);
        reload(20, 30);
        assertThat(files.byOffset.keySet()).containsExactly(30L);
    }

    @Test
    void expiredProducersOfASnapshotAreNotTakenOver() throws IOException {
        appendAndSnapshot(1);
        states.reset(0);
        assertThat(states.reload(files, 0, 11, Batches.TIMESTAMP + 10_000, 5_000))
                .isEqualTo(10);
        assertThat(states.size()).isZero();
    }

    @Test
    void anOpenTransactionSurvives() throws IOException {
        states.onAppended(Batches.transactional(0, ID, 0, 0, 3), 0);
        files.byOffset.put(3L, states.takeSnapshot());
        states.reset(0);
        reload(0, 4);
        assertThat(states.firstUnstableOffset()).isZero();
        assertThat(states.producer(ID).isInTransaction()).isTrue();
    }

    @Test
    void theLastBatchIsKnownAgainAfterARestart() throws IOException {
        appendAndSnapshot(2);
        states.reset(0);
        reload(0, 20);
        assertThat(states.check(Batches.data(0, ID, 0, 10, 10), 0, AppendOrigin.CLIENT))
                .isEqualTo(new Duplicate(10, 19, Batches.TIMESTAMP + 19));
    }

    @Test
    void everyDamageToASnapshotIsFound() throws CorruptSnapshotException {
        appendAndSnapshot(1);
        byte[] content = files.byOffset.get(10L);
        assertThat(ProducerSnapshot.decode(content)).hasSize(1);
        for (int length = 0; length < content.length; length++) {
            byte[] cut = Arrays.copyOf(content, length);
            assertThatThrownBy(() -> ProducerSnapshot.decode(cut)).isInstanceOf(CorruptSnapshotException.class);
        }
        for (int bit = 0; bit < content.length * 8; bit++) {
            byte[] flipped = content.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> ProducerSnapshot.decode(flipped)).isInstanceOf(CorruptSnapshotException.class);
        }
    }
}
