package io.ottla.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: the checker finds what it is there to find, and nothing in a history without faults. Method: one sound history
 * of two producers, two partitions and a group, and one planted violation per test.
 */
class HistoryCheckTest {
    private final History history = new History();
    private final List<StoredRecord> log = new ArrayList<>();

    HistoryCheckTest() {
        for (int i = 0; i < 10; i++) {
            write("a", i % 2);
            write("b", i % 2);
        }
        history.commits("g").attempted(0, 5);
        history.commits("g").acknowledged(0, 5);
        history.commits("g").found(0, 5, 5);
    }

    @Test
    void findsNothingInASoundHistory() {
        assertThat(HistoryCheck.check(history, log)).isEmpty();
    }

    @Test
    void aRecordOfUnknownFateMayBeMissingOrThere() {
        history.producer("a").failed(0, history.producer("a").attempted(0), "timeout");
        assertThat(HistoryCheck.check(history, log)).isEmpty();
        StoredRecord there = new StoredRecord(0, 10, "a", 5);
        log.add(there);
        history.deliveries("g").delivered(there);
        assertThat(HistoryCheck.check(history, log)).isEmpty();
        assertThat(history.producer("a").errors()).containsEntry("timeout", 1L);
    }

    @Test
    void findsALostRecordAtTheEndOfTheLog() {
        log.remove(log.size() - 1);
        assertThat(rules()).containsOnly(Rule.ACKNOWLEDGED_IS_KEPT, Rule.DELIVERED_IS_KEPT);
    }

    @Test
    void findsALostRecordOfUnknownOffset() {
        ProducerHistory silent = history.producer("silent");
        silent.acknowledged(1, silent.attempted(1), -1);
        assertThat(rules()).containsExactly(Rule.ACKNOWLEDGED_IS_KEPT);
    }

    @Test
    void findsARecordAtAnotherOffsetThanAcknowledged() {
        ProducerHistory producer = history.producer("c");
        producer.acknowledged(0, producer.attempted(0), 99);
        store(new StoredRecord(0, 10, "c", 0));
        assertThat(rules()).containsExactly(Rule.ACKNOWLEDGED_IS_KEPT);
    }

    @Test
    void findsADuplicate() {
        store(new StoredRecord(0, 10, "a", 4));
        // The second of them was delivered too, from where the first is not.
        assertThat(rules()).contains(Rule.NOTHING_TWICE).doesNotContain(Rule.ORDER_OF_A_PRODUCER);
    }

    @Test
    void findsRecordsOutOfOrder() {
        ProducerHistory producer = history.producer("c");
        producer.acknowledged(0, producer.attempted(0), 11);
        producer.acknowledged(0, producer.attempted(0), 10);
        store(new StoredRecord(0, 10, "c", 1));
        store(new StoredRecord(0, 11, "c", 0));
        assertThat(rules()).containsExactly(Rule.ORDER_OF_A_PRODUCER);
    }

    @Test
    void findsAGapInTheOffsets() {
        ProducerHistory producer = history.producer("c");
        producer.acknowledged(0, producer.attempted(0), 11);
        store(new StoredRecord(0, 11, "c", 0));
        assertThat(rules()).containsExactly(Rule.OFFSETS_ARE_DENSE);
    }

    @Test
    void findsARecordThatNobodySent() {
        store(new StoredRecord(0, 10, "a", 5));
        assertThat(rules()).containsExactly(Rule.NOTHING_INVENTED);
    }

    @Test
    void findsADeliveredRecordThatIsGone() {
        history.producer("c").attempted(0);
        history.deliveries("g").delivered(new StoredRecord(0, 10, "c", 0));
        assertThat(rules()).containsExactly(Rule.DELIVERED_IS_KEPT);
    }

    @Test
    void findsARecordThatTheGroupWasNotGiven() {
        ProducerHistory producer = history.producer("c");
        producer.acknowledged(0, producer.attempted(0), 10);
        log.add(new StoredRecord(0, 10, "c", 0));
        assertThat(rules()).containsExactly(Rule.EVERYTHING_IS_DELIVERED);
    }

    @Test
    void findsACommitThatWentBack() {
        history.commits("g").attempted(0, 7);
        history.commits("g").acknowledged(0, 7);
        history.commits("g").found(0, history.commits("g").floor(0), 5);
        assertThat(rules()).containsExactly(Rule.COMMITS_STAND);
    }

    @Test
    void findsACommittedOffsetThatNobodyCommitted() {
        history.commits("g").found(0, 5, 8);
        assertThat(rules()).containsExactly(Rule.COMMITS_STAND);
    }

    @Test
    void aCommitOfUnknownFateMayBeFound() {
        history.commits("g").attempted(0, 9);
        history.commits("g").found(0, 5, 9);
        assertThat(HistoryCheck.check(history, log)).isEmpty();
    }

    @Test
    void recordsAreFoundAgainInTheirValues() {
        assertThat(StoredRecord.parse(3, 7, StoredRecord.value("a", 12))).isEqualTo(new StoredRecord(3, 7, "a", 12));
        assertThat(StoredRecord.parse(3, 7, StoredRecord.value("a", 12) + ":xxxx"))
                .isEqualTo(new StoredRecord(3, 7, "a", 12));
    }

    private List<Rule> rules() {
        return HistoryCheck.check(history, log).stream().map(Violation::rule).toList();
    }

    /** A record that was sent, acknowledged, stored and delivered. */
    private void write(String producer, int partition) {
        long sequence = history.producer(producer).attempted(partition);
        long offset =
                log.stream().filter(record -> record.partition() == partition).count();
        history.producer(producer).acknowledged(partition, sequence, offset);
        store(new StoredRecord(partition, offset, producer, sequence));
    }

    private void store(StoredRecord record) {
        log.add(record);
        history.deliveries("g").delivered(record);
    }
}
