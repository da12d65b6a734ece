package io.ottla.storage.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Goal: the rules of KIP-101 and KIP-279 hold. Method: small histories, asked at every edge. */
class LeaderEpochsTest {
    private static final LeaderEpochs HISTORY =
            LeaderEpochs.EMPTY.assign(2, 10).assign(4, 20).assign(7, 30);
    private static final long LOG_END = 45;

    @Test
    void theLatestEpochEndsAtTheLogEnd() {
        assertThat(HISTORY.endOffsetFor(7, LOG_END)).isEqualTo(new EpochEndOffset(7, LOG_END));
    }

    @Test
    void anEpochEndsWhereTheNextOneStarts() {
        assertThat(HISTORY.endOffsetFor(2, LOG_END)).isEqualTo(new EpochEndOffset(2, 20));
        assertThat(HISTORY.endOffsetFor(4, LOG_END)).isEqualTo(new EpochEndOffset(4, 30));
    }

    @Test
    void anEpochWithoutRecordsIsAnsweredByTheLargestBelowIt() {
        assertThat(HISTORY.endOffsetFor(3, LOG_END)).isEqualTo(new EpochEndOffset(2, 20));
        assertThat(HISTORY.endOffsetFor(6, LOG_END)).isEqualTo(new EpochEndOffset(4, 30));
    }

    @Test
    void anEpochBeforeAllKnownEndsWhereTheFirstKnownStarts() {
        assertThat(HISTORY.endOffsetFor(0, LOG_END)).isEqualTo(new EpochEndOffset(0, 10));
    }

    @Test
    void anEpochAfterAllKnownIsUnknown() {
        assertThat(HISTORY.endOffsetFor(8, LOG_END)).isEqualTo(EpochEndOffset.UNKNOWN);
        assertThat(HISTORY.endOffsetFor(LeaderEpochs.NO_EPOCH, LOG_END)).isEqualTo(EpochEndOffset.UNKNOWN);
        assertThat(LeaderEpochs.EMPTY.endOffsetFor(0, 0).isKnown()).isFalse();
        assertThat(LeaderEpochs.EMPTY.endOffsetFor(LeaderEpochs.NO_EPOCH, 0)).isEqualTo(EpochEndOffset.UNKNOWN);
    }

    @Test
    void anOffsetBelongsToTheLastEpochThatStartedBeforeIt() {
        assertThat(HISTORY.epochForOffset(9)).isEqualTo(LeaderEpochs.NO_EPOCH);
        assertThat(HISTORY.epochForOffset(10)).isEqualTo(2);
        assertThat(HISTORY.epochForOffset(19)).isEqualTo(2);
        assertThat(HISTORY.epochForOffset(20)).isEqualTo(4);
        assertThat(HISTORY.epochForOffset(1_000)).isEqualTo(7);
    }

    @Test
    void theLatestEpochKeepsItsStart() {
        assertThat(HISTORY.assign(7, 40)).isSameAs(HISTORY);
        assertThat(HISTORY.assign(7, 30)).isSameAs(HISTORY);
    }

    @Test
    void anEarlierStartOfTheLatestEpochReplacesIt() {
        assertThat(HISTORY.assign(7, 25)).hasToString("[2@10, 4@20, 7@25]");
        assertThat(HISTORY.assign(7, 20)).hasToString("[2@10, 7@20]");
    }

    @Test
    void aNewEpochAtTheStartOfAnEmptyOneReplacesIt() {
        assertThat(HISTORY.assign(9, 30)).hasToString("[2@10, 4@20, 9@30]");
    }

    @Test
    void anOlderEpochDropsWhatContradictsIt() {
        assertThat(HISTORY.assign(3, 50)).hasToString("[2@10, 3@50]");
        assertThat(HISTORY.assign(4, 5)).hasToString("[4@5]");
    }

    @Test
    void refusesNegativeNumbers() {
        assertThatThrownBy(() -> HISTORY.assign(-1, 50)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HISTORY.assign(8, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void truncationAtTheEndDropsEpochsThatStartThere() {
        assertThat(HISTORY.truncateFromEnd(31)).isSameAs(HISTORY);
        assertThat(HISTORY.truncateFromEnd(30)).hasToString("[2@10, 4@20]");
        assertThat(HISTORY.truncateFromEnd(11)).hasToString("[2@10]");
        assertThat(HISTORY.truncateFromEnd(0)).isSameAs(LeaderEpochs.EMPTY);
    }

    @Test
    void truncationAtTheStartKeepsTheSpanningEpochFromThereOn() {
        assertThat(HISTORY.truncateFromStart(5)).isSameAs(HISTORY);
        assertThat(HISTORY.truncateFromStart(10)).isSameAs(HISTORY);
        assertThat(HISTORY.truncateFromStart(15)).hasToString("[2@15, 4@20, 7@30]");
        assertThat(HISTORY.truncateFromStart(20)).hasToString("[4@20, 7@30]");
        assertThat(HISTORY.truncateFromStart(99)).hasToString("[7@99]");
        assertThat(HISTORY).hasToString("[2@10, 4@20, 7@30]");
    }

    /** KIP-279: two fast fail-overs; the follower asks with its own epoch, which the leader never wrote. */
    @Test
    void aFollowerFindsTheDivergencePointAfterTwoFailOvers() {
        LeaderEpochs leader = LeaderEpochs.EMPTY.assign(0, 0).assign(2, 11);
        LeaderEpochs follower = LeaderEpochs.EMPTY.assign(0, 0).assign(1, 10);
        EpochEndOffset answer = leader.endOffsetFor(follower.latestEpoch(), 12);
        assertThat(answer).isEqualTo(new EpochEndOffset(0, 11));
        assertThat(follower.endOffsetFor(answer.epoch(), 11)).isEqualTo(new EpochEndOffset(0, 10));
    }
}
