package io.ottla.sim.client;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import java.util.concurrent.CompletableFuture;

/** An operator at work. */
public final class AdminClient {
    private static final short CREATE_VERSION = 7;
    private static final int TIMEOUT_MS = 5_000;
    private static final long BACKOFF_MS = 200;

    private final ClientNode node;

    public AdminClient(ClientNode node) {
        this.node = node;
    }

    /** Creates a topic, again and again until it is there. */
    public void create(String topic, int partitions, short replicas) {
        CreateTopicsRequest request = new CreateTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreateTopicsRequest.CreatableTopic()
                        .setName(topic)
                        .setNumPartitions(partitions)
                        .setReplicationFactor(replicas));
        CompletableFuture<CreateTopicsResponse> sent = node.sendAnywhere(request, CREATE_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            ErrorCode error = response == null
                    ? ErrorCode.REQUEST_TIMED_OUT
                    : ErrorCode.forCode(response.topics().get(0).errorCode());
            node.note("creation of " + topic + ": " + error);
            if (error != ErrorCode.NONE && error != ErrorCode.TOPIC_ALREADY_EXISTS) {
                node.later(BACKOFF_MS, () -> create(topic, partitions, replicas));
            }
        });
    }
}
