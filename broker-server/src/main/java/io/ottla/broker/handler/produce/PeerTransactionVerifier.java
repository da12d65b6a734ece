package io.ottla.broker.handler.produce;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.replication.metadata.InternalTopics;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers that lead {@code __transaction_state}, this one included, by AddPartitionsToTxn. One request to a broker
 * is in flight at a time, what comes meanwhile shares the next one; that is bounded by the requests that wait for it. Any
 * thread: each broker's queue guards itself.
 */
public final class PeerTransactionVerifier implements TransactionVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTransactionVerifier.class);

    /** The first version with TRANSACTION_ABORTABLE; brokers of Apache Kafka 3.9 know it, too. */
    private static final short VERSION = 5;

    private final MetadataCache metadata;
    private final IntFunction<PeerChannel> brokers;
    private final Executor executor;
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

    /**
     * @param brokers the way to a broker, the same one each time
     * @param executor sends, after what is being collected at the moment; must not block
     */
    public PeerTransactionVerifier(MetadataCache metadata, IntFunction<PeerChannel> brokers, Executor executor) {
        this.metadata = metadata;
        this.brokers = brokers;
        this.executor = executor;
    }

    private record Asked(Claim claim, CompletableFuture<ErrorCode> answer) {}

    @Override
    public CompletionStage<ErrorCode> verify(Claim claim) {
        int broker = coordinatorOf(claim.transactionalId());
        if (broker == PartitionImage.NO_LEADER) {
            return CompletableFuture.completedFuture(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        CompletableFuture<ErrorCode> answer = new CompletableFuture<>();
        lanes.computeIfAbsent(broker, Lane::new).ask(new Asked(claim, answer));
        return answer;
    }

    private int coordinatorOf(String transactionalId) {
        TopicImage topic = metadata.image().topic(InternalTopics.TRANSACTION_STATE);
        if (topic == null || topic.partitions().isEmpty()) {
            return PartitionImage.NO_LEADER;
        }
        int index = (transactionalId.hashCode() & Integer.MAX_VALUE)
                % topic.partitions().size();
        PartitionImage partition = topic.partition(index);
        return partition == null ? PartitionImage.NO_LEADER : partition.leader();
    }

    /** The claims for one broker. Guarded by itself. */
    private final class Lane {
        private final int broker;
        private final List<Asked> queued = new ArrayList<>();
        private boolean busy;

        Lane(int broker) {
            this.broker = broker;
        }

        synchronized void ask(Asked asked) {
            queued.add(asked);
            if (!busy) {
                busy = true;
                executor.execute(this::send);
            }
        }

        private void send() {
            List<Asked> batch = take();
            if (batch.isEmpty()) {
                return;
            }
            var unused = ask(requestOf(batch)).whenComplete((response, failure) -> {
                if (failure != null) {
                    LOG.warn("transactions could not be verified with broker {}: {}", broker, failure.toString());
                }
                answer(batch, response);
                send();
            });
        }

        private CompletableFuture<AddPartitionsToTxnResponse> ask(AddPartitionsToTxnRequest request) {
            try {
                return brokers.apply(broker).send(request, VERSION);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        /** What goes into the next request: for one transactional id only one epoch and only one kind of question. */
        private synchronized List<Asked> take() {
            Map<String, Claim> first = new HashMap<>();
            List<Asked> batch = new ArrayList<>();
            for (Iterator<Asked> all = queued.iterator(); all.hasNext(); ) {
                Asked asked = all.next();
                Claim other = first.putIfAbsent(asked.claim.transactionalId(), asked.claim);
                if (other == null || isAlike(other, asked.claim)) {
                    batch.add(asked);
                    all.remove();
                }
            }
            busy = !batch.isEmpty();
            return batch;
        }
    }

    private static boolean isAlike(Claim one, Claim other) {
        return one.producerId() == other.producerId()
                && one.producerEpoch() == other.producerEpoch()
                && one.terms().verifiesOnly() == other.terms().verifiesOnly();
    }

    private static AddPartitionsToTxnRequest requestOf(List<Asked> batch) {
        Map<String, AddPartitionsToTxnTransaction> transactions = new HashMap<>();
        AddPartitionsToTxnRequest request = new AddPartitionsToTxnRequest();
        for (Asked asked : batch) {
            Claim claim = asked.claim;
            AddPartitionsToTxnTransaction transaction = transactions.get(claim.transactionalId());
            if (transaction == null) {
                transaction = new AddPartitionsToTxnTransaction()
                        .setTransactionalId(claim.transactionalId())
                        .setProducerId(claim.producerId())
                        .setProducerEpoch(claim.producerEpoch())
                        .setVerifyOnly(claim.terms().verifiesOnly());
                transactions.put(claim.transactionalId(), transaction);
                request.transactions().add(transaction);
            }
            add(transaction, claim.partition());
        }
        return request;
    }

    private static void add(AddPartitionsToTxnTransaction transaction, TopicPartition partition) {
        for (AddPartitionsToTxnTopic topic : transaction.topics()) {
            if (topic.name().equals(partition.topic())) {
                if (!topic.partitions().contains(partition.partition())) {
                    topic.partitions().add(partition.partition());
                }
                return;
            }
        }
        transaction
                .topics()
                .add(new AddPartitionsToTxnTopic()
                        .setName(partition.topic())
                        .setPartitions(new ArrayList<>(List.of(partition.partition()))));
    }

    private static void answer(List<Asked> batch, @Nullable AddPartitionsToTxnResponse response) {
        Map<String, Map<TopicPartition, ErrorCode>> results = new HashMap<>();
        if (response != null) {
            response.resultsByTransaction().forEach(transaction -> {
                Map<TopicPartition, ErrorCode> errors = new HashMap<>();
                transaction.topicResults().forEach(topic -> topic.resultsByPartition()
                        .forEach(partition -> errors.put(
                                new TopicPartition(topic.name(), partition.partitionIndex()),
                                ErrorCode.forCode(partition.partitionErrorCode()))));
                results.put(transaction.transactionalId(), errors);
            });
        }
        ErrorCode whole = response == null ? ErrorCode.NETWORK_EXCEPTION : ErrorCode.forCode(response.errorCode());
        for (Asked asked : batch) {
            ErrorCode own = results.getOrDefault(asked.claim.transactionalId(), Map.of())
                    .getOrDefault(asked.claim.partition(), ErrorCode.NETWORK_EXCEPTION);
            asked.answer.complete(translate(whole == ErrorCode.NONE ? own : whole, asked.claim.terms()));
        }
    }

    /** Errors of coordinators that a producer does not expect of a partition become the ones that it does. */
    private static ErrorCode translate(ErrorCode error, Terms terms) {
        return switch (error) {
            case PRODUCER_FENCED -> ErrorCode.INVALID_PRODUCER_EPOCH;
            case CLUSTER_AUTHORIZATION_FAILED -> ErrorCode.INVALID_TXN_STATE;
            case TRANSACTION_ABORTABLE -> terms == Terms.VERIFY ? ErrorCode.INVALID_TXN_STATE : error;
            default -> error;
        };
    }
}
