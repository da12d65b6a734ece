package io.ottla.broker.handler.fetch;

import io.netty.util.concurrent.Ticker;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.FetchableTopicResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.quota.LeaderThrottle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Fetch (key 1) for consumers and followers: full, sessionless and incremental. */
public final class FetchHandler implements RequestHandler<FetchRequest, FetchResponse> {

    private final Settings settings;
    private final FetchSessions sessions;
    private final FetchReader reader;
    private final FetchResponder responder;
    private final Executor workers;

    /**
     * What is configured.
     *
     * @param fetchMaxBytes fetch.max.bytes
     * @param sessionSlots max.incremental.fetch.session.cache.slots
     * @param selector replica.selector.class
     * @param hotTailBytes how much of a log's tail is taken to be in memory; of older data the kernel is asked, and what it has to
     *     get from the disk is read on a worker
     */
    public record Settings(int fetchMaxBytes, int sessionSlots, ReplicaSelector selector, long hotTailBytes) {

        /** What a consumer that keeps up is behind at most: no kernel needs to be asked for that. */
        public static final long HOT_TAIL_BYTES = 1L << 20;

        /** With the usual tail. */
        public Settings(int fetchMaxBytes, int sessionSlots, ReplicaSelector selector) {
            this(fetchMaxBytes, sessionSlots, selector, HOT_TAIL_BYTES);
        }
    }

    /**
     * @param workers threads that may wait for the disk, for reads of old data
     * @param random draws session ids
     * @param throttle for all followers together
     */
    public FetchHandler(
            PartitionLocator locator,
            Settings settings,
            Executor workers,
            Ticker ticker,
            Random random,
            LeaderThrottle throttle) {
        this.settings = settings;
        this.sessions = new FetchSessions(settings.sessionSlots(), ticker, random);
        this.reader = new FetchReader(locator, settings.selector(), settings.hotTailBytes(), throttle);
        this.responder = new FetchResponder(locator);
        this.workers = workers;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.FETCH;
    }

    @Override
    public CompletionStage<@Nullable FetchResponse> handle(RequestContext context, FetchRequest request) {
        FetchTerms terms = FetchTerms.of(request, context.apiVersion(), settings.fetchMaxBytes());
        FetchSessions.Opening opening =
                sessions.open(request, terms.usesTopicIds(), terms.isOfFollower(), context.loop());
        FetchSession session = opening.session();
        if (session == null) {
            return CompletableFuture.completedFuture(
                    new FetchResponse().setErrorCode(opening.error().code()));
        }
        return new FetchCall(context, terms, opening, reader, responder, workers).start();
    }

    @Override
    public FetchResponse errorResponse(FetchRequest request, ErrorCode error, @Nullable String message) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        for (FetchRequest.FetchTopic topic : request.topics()) {
            List<PartitionData> partitions = new ArrayList<>();
            for (FetchRequest.FetchPartition partition : topic.partitions()) {
                partitions.add(new PartitionData()
                        .setPartitionIndex(partition.partition())
                        .setErrorCode(error.code())
                        .setHighWatermark(-1)
                        .setRecords(BufferRecords.EMPTY));
            }
            topics.add(new FetchableTopicResponse()
                    .setTopic(topic.topic())
                    .setTopicId(topic.topicId())
                    .setPartitions(partitions));
        }
        return new FetchResponse().setErrorCode(error.code()).setResponses(topics);
    }
}
