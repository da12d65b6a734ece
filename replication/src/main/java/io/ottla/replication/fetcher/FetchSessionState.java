package io.ottla.replication.fetcher;

import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchRequest.FetchTopic;
import io.ottla.protocol.message.FetchRequest.ForgottenTopic;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.replication.partition.Partition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The fetch session that a fetcher has at its leader (KIP-227): which partitions are fetched, which requests say everything
 * and which only what has changed. A request that says little costs little, however many partitions there are. Confined to
 * the fetcher's loop.
 */
final class FetchSessionState {

    /** With topic ids; what Apache Kafka 3.9 speaks between brokers. */
    static final short VERSION = 17;

    /** The last version that names topics, for those that have no id. */
    static final short NAMES_VERSION = 12;

    private static final int NO_SESSION = 0;
    private static final int INITIAL_EPOCH = 0;

    private final FetcherSettings settings;
    private int sessionId = NO_SESSION;
    private int epoch = INITIAL_EPOCH;
    private int generation;
    private boolean byId = true;

    private final Set<FetchTarget> fetched = new LinkedHashSet<>();

    /** Those of {@link #fetched} of which the leader has to be told where they stand. */
    private final Set<FetchTarget> untold = new LinkedHashSet<>();

    private final Set<Partition> forgotten = new LinkedHashSet<>();

    /** How many of {@link #fetched} have no topic id. */
    private int withoutId;

    FetchSessionState(FetcherSettings settings) {
        this.settings = settings;
    }

    /** Whether the leader keeps a session, so that a request may follow another one that is not answered yet. */
    boolean isEstablished() {
        return sessionId != NO_SESSION;
    }

    /** Which session it is: answers of earlier ones are of no use. */
    int generation() {
        return generation;
    }

    short version() {
        return byId ? VERSION : NAMES_VERSION;
    }

    /** Whether there is nothing to fetch. */
    boolean isEmpty() {
        return fetched.isEmpty();
    }

    /** Whether the leader has something to hear before it answers. */
    boolean hasNews() {
        return !untold.isEmpty() || !forgotten.isEmpty();
    }

    /** The leader's session is gone, or lost track: the next request says everything. */
    void reset() {
        sessionId = NO_SESSION;
        epoch = INITIAL_EPOCH;
        generation++;
        forgotten.clear();
        for (FetchTarget target : fetched) {
            target.inSession = false;
            tell(target);
        }
    }

    /** From now on the partition is fetched. */
    void include(FetchTarget target) {
        if (fetched.add(target)) {
            withoutId += hasNoId(target) ? 1 : 0;
        }
        tell(target);
    }

    /** The leader has to be told anew where the replica stands. */
    void tell(FetchTarget target) {
        target.forgetSent();
        if (fetched.contains(target)) {
            untold.add(target);
        }
    }

    /** The partition is no longer to be fetched, or not for now. */
    void forget(FetchTarget target) {
        if (fetched.remove(target)) {
            withoutId -= hasNoId(target) ? 1 : 0;
            untold.remove(target);
        }
        if (target.inSession) {
            target.inSession = false;
            forgotten.add(target.partition);
        }
        target.forgetSent();
    }

    private static boolean hasNoId(FetchTarget target) {
        return target.partition.topicId().equals(Base64Uuid.ZERO);
    }

    /** The next request. */
    FetchRequest next(long requestNumber) {
        boolean allHaveIds = withoutId == 0;
        if (allHaveIds != byId) {
            byId = allHaveIds;
            reset();
        }
        boolean full = epoch == INITIAL_EPOCH;
        FetchRequest request = new FetchRequest()
                .setSessionId(sessionId)
                .setSessionEpoch(epoch)
                .setMaxWaitMs(settings.waitMaxMs())
                .setMinBytes(settings.minBytes())
                .setMaxBytes(settings.responseMaxBytes());
        FetchTopic topic = null;
        for (FetchTarget target : full ? fetched : untold) {
            forgotten.remove(target.partition);
            if (topic == null || !isOf(topic, target.partition)) {
                topic = topicOf(target.partition);
                request.topics().add(topic);
            }
            topic.partitions().add(target.describe(requestNumber, settings.partitionMaxBytes()));
        }
        untold.clear();
        if (!full) {
            request.setForgottenTopicsData(takeForgotten());
            epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
        }
        forgotten.clear();
        return request;
    }

    private boolean isOf(FetchTopic topic, Partition partition) {
        return byId
                ? topic.topicId().equals(partition.topicId())
                : topic.topic().equals(partition.name().topic());
    }

    private FetchTopic topicOf(Partition partition) {
        FetchTopic topic = new FetchTopic().setPartitions(new ArrayList<>());
        return byId
                ? topic.setTopicId(partition.topicId())
                : topic.setTopic(partition.name().topic());
    }

    private List<ForgottenTopic> takeForgotten() {
        List<ForgottenTopic> topics = new ArrayList<>();
        for (Partition partition : forgotten) {
            ForgottenTopic topic =
                    new ForgottenTopic().setPartitions(List.of(partition.name().partition()));
            topics.add(
                    byId
                            ? topic.setTopicId(partition.topicId())
                            : topic.setTopic(partition.name().topic()));
        }
        return topics;
    }

    /** A full request was answered without error. */
    void onFullAnswer(int newSessionId) {
        sessionId = newSessionId;
        epoch = newSessionId == NO_SESSION ? INITIAL_EPOCH : INITIAL_EPOCH + 1;
    }
}
