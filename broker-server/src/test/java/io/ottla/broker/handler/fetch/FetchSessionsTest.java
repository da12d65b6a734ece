package io.ottla.broker.handler.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.protocol.message.FetchRequest.FetchTopic;
import io.ottla.protocol.message.FetchRequest.ForgottenTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The table of sessions: their partitions against a plain map under seeded random requests, and who gives way to whom. */
class FetchSessionsTest {

    private final MockTicker ticker = Ticker.newMockTicker();

    @Test
    void sessionsHoldWhatTheirRequestsHaveAskedFor() {
        Random random = new Random(4);
        FetchSessions sessions = new FetchSessions(5, ticker, new Random(9));
        Map<Integer, Long> model = new LinkedHashMap<>();
        int id = 0;
        int epoch = 0;
        for (int step = 0; step < 2_000; step++) {
            boolean fresh = id == 0 || random.nextInt(50) == 0;
            FetchRequest request = new FetchRequest().setSessionId(id).setSessionEpoch(fresh ? 0 : epoch);
            if (fresh) {
                model.clear();
            }
            for (int i = random.nextInt(4) + (fresh ? 1 : 0); i > 0; i--) {
                int partition = random.nextInt(10);
                long offset = random.nextInt(1000);
                request.topics().add(topic(partition, offset));
                model.put(partition, offset);
            }
            if (!fresh && random.nextInt(3) == 0) {
                int forgotten = random.nextInt(10);
                request.setForgottenTopicsData(
                        List.of(new ForgottenTopic().setTopic("t").setPartitions(List.of(forgotten))));
                model.remove(forgotten);
            }
            FetchSessions.Opening opening = sessions.open(request, false, false, new ManualLoop());
            assertThat(opening.error()).isEqualTo(ErrorCode.NONE);
            FetchSession session = opening.session();
            assertThat(session).isNotNull();
            Map<Integer, Long> held = new LinkedHashMap<>();
            session.partitions().forEach(partition -> held.put(partition.index, partition.fetchOffset));
            assertThat(held).isEqualTo(model);
            assertThat(List.copyOf(held.keySet())).isEqualTo(List.copyOf(model.keySet()));
            assertThat(opening.incremental()).isEqualTo(!fresh);
            id = session.id();
            epoch = fresh ? 1 : FetchSession.nextEpoch(epoch);
            assertThat(id == 0).isEqualTo(model.isEmpty());
            session.release();
            assertThat(sessions.size()).isEqualTo(id == 0 ? 0 : 1);
        }
    }

    @Test
    void aSessionServesOneRequestAtATime() {
        FetchSessions sessions = new FetchSessions(5, ticker, new Random(9));
        FetchSession session =
                sessions.open(request(0, 0, 1), false, false, new ManualLoop()).session();
        assertThat(session).isNotNull();
        FetchRequest next = request(session.id(), 1, 0);
        assertThat(sessions.open(next, false, false, new ManualLoop()).error())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        session.release();
        assertThat(sessions.open(next, false, false, new ManualLoop()).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void fullTablesServeWithoutASessionUntilSomethingIsOldOrSmaller() {
        FetchSessions sessions = new FetchSessions(2, ticker, new Random(9));
        int large = open(sessions, 5, false);
        int small = open(sessions, 2, false);
        assertThat(open(sessions, 9, false)).isZero();
        assertThat(sessions.size()).isEqualTo(2);

        // Both are older than the age of safety, but in use: the smaller one gives way to a larger newcomer only.
        ticker.advance(FetchSessions.EVICTION_AGE_NS - 1, TimeUnit.NANOSECONDS);
        use(sessions, large, 1);
        use(sessions, small, 1);
        ticker.advance(2, TimeUnit.NANOSECONDS);
        assertThat(open(sessions, 1, false)).isZero();
        int third = open(sessions, 3, false);
        assertThat(third).isNotZero();
        assertThat(sessions.open(request(small, 2, 0), false, false, new ManualLoop())
                        .error())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);

        // One that nobody uses gives way to anybody.
        ticker.advance(FetchSessions.EVICTION_AGE_NS + 1, TimeUnit.NANOSECONDS);
        use(sessions, third, 1);
        assertThat(open(sessions, 1, false)).isNotZero();
        assertThat(sessions.open(request(large, 2, 0), false, false, new ManualLoop())
                        .error())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void followersDisplaceConsumersAndNotTheOtherWayRound() {
        FetchSessions sessions = new FetchSessions(1, ticker, new Random(9));
        int consumer = open(sessions, 9, false);
        int follower = open(sessions, 1, true);
        assertThat(follower).isNotZero();
        assertThat(sessions.open(request(consumer, 1, 0), false, false, new ManualLoop())
                        .error())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(open(sessions, 99, false)).isZero();
    }

    @Test
    void epochsWrapPastZero() {
        assertThat(FetchSession.nextEpoch(0)).isEqualTo(1);
        assertThat(FetchSession.nextEpoch(Integer.MAX_VALUE)).isEqualTo(1);
        assertThat(FetchSession.nextEpoch(FetchSession.FINAL_EPOCH)).isEqualTo(FetchSession.FINAL_EPOCH);
    }

    private static int open(FetchSessions sessions, int partitions, boolean ofFollower) {
        FetchSession session = sessions.open(request(0, 0, partitions), false, ofFollower, new ManualLoop())
                .session();
        assertThat(session).isNotNull();
        session.release();
        return session.id();
    }

    private static void use(FetchSessions sessions, int id, int epoch) {
        FetchSession session = sessions.open(request(id, epoch, 0), false, false, new ManualLoop())
                .session();
        assertThat(session).isNotNull();
        session.release();
    }

    private static FetchRequest request(int id, int epoch, int partitions) {
        List<FetchTopic> topics = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            topics.add(topic(partition, 0));
        }
        return new FetchRequest().setSessionId(id).setSessionEpoch(epoch).setTopics(topics);
    }

    private static FetchTopic topic(int partition, long offset) {
        return new FetchTopic()
                .setTopic("t")
                .setPartitions(
                        List.of(new FetchPartition().setPartition(partition).setFetchOffset(offset)));
    }
}
