package io.ottla.broker.handler.metadata;

import io.ottla.broker.request.EncodedResponse;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the encoded answers to questions for Metadata that are asked again and again: all clients of a topic ask the
 * same. An answer holds for one image of the cluster, and is kept from the second time of asking on. Any thread: two that
 * write one slot at a time lose an answer, no more.
 */
public final class RepeatedMetadataHandler implements RequestHandler<MetadataRequest, ApiMessage> {

    /** A power of two. With {@link #KEPT_MAX_BYTES} it bounds what is kept to 4 MB. */
    private static final int SLOTS = 64;

    private static final int KEPT_MAX_BYTES = 64 * 1024;

    private final MetadataHandler inner;
    private final MetadataCache metadata;
    private final AtomicReferenceArray<@Nullable Known> slots = new AtomicReferenceArray<>(SLOTS);

    /** All that an answer depends on, but for the image. */
    private record Question(String listener, short version, MetadataRequest request) {

        int slot() {
            int hash = hashCode();
            return (hash ^ (hash >>> 16)) & (SLOTS - 1);
        }
    }

    /** @param answer null until it is asked for a second time */
    private record Known(
            MetadataImage image,
            Question question,
            @Nullable CompletionStage<@Nullable ApiMessage> answer) {

        @SuppressWarnings("ReferenceEquality") // Another image is another cluster, even if it looks the same.
        boolean is(Question asked, MetadataImage current) {
            return image == current && question.equals(asked);
        }
    }

    /** @param metadata the one from which {@code inner} answers */
    public RepeatedMetadataHandler(MetadataHandler inner, MetadataCache metadata) {
        this.inner = inner;
        this.metadata = metadata;
    }

    @Override
    public ApiKey apiKey() {
        return inner.apiKey();
    }

    @Override
    public CompletionStage<@Nullable ApiMessage> handle(RequestContext context, MetadataRequest request) {
        MetadataImage image = metadata.image();
        Question question = new Question(context.listenerName(), context.apiVersion(), request);
        int slot = question.slot();
        Known known = slots.get(slot);
        boolean again = known != null && known.is(question, image);
        if (again && known.answer != null) {
            return known.answer;
        }
        CompletableFuture<@Nullable MetadataResponse> stage =
                inner.handle(context, request).toCompletableFuture();
        MetadataResponse response = stage.isDone() && !stage.isCompletedExceptionally() ? stage.getNow(null) : null;
        if (response != null && isOf(image, response)) {
            slots.set(slot, new Known(image, question, again ? encode(response, question.version) : null));
        }
        return stage.thenApply(answer -> answer);
    }

    /** Not if the cluster has changed meanwhile, or if another try may create what is missing. */
    @SuppressWarnings("ReferenceEquality") // As above.
    private boolean isOf(MetadataImage image, MetadataResponse response) {
        for (MetadataResponseTopic topic : response.topics()) {
            if (topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code()) {
                return false;
            }
        }
        return metadata.image() == image;
    }

    private static @Nullable CompletionStage<@Nullable ApiMessage> encode(MetadataResponse response, short version) {
        EncodedResponse encoded = EncodedResponse.of(response, version);
        return encoded.sizeBytes() <= KEPT_MAX_BYTES ? CompletableFuture.completedFuture(encoded) : null;
    }

    @Override
    public ApiMessage errorResponse(MetadataRequest request, ErrorCode error, @Nullable String message) {
        return inner.errorResponse(request, error, message);
    }
}
