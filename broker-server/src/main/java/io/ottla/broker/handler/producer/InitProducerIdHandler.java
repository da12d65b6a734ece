package io.ottla.broker.handler.producer;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * InitProducerId (key 22): for idempotent producers a new id at epoch 0, whatever the producer had before; for transactional
 * ids what their coordinator says. Stateless.
 */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequest, InitProducerIdResponse> {

    private static final long NO_PRODUCER_ID = -1;
    private static final short NO_PRODUCER_EPOCH = -1;

    private final ProducerIds producerIds;
    private final TransactionCoordinator transactions;

    public InitProducerIdHandler(ProducerIds producerIds, TransactionCoordinator transactions) {
        this.producerIds = producerIds;
        this.transactions = transactions;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.INIT_PRODUCER_ID;
    }

    @Override
    public CompletionStage<@Nullable InitProducerIdResponse> handle(
            RequestContext context, InitProducerIdRequest request) {
        if ((request.producerId() == NO_PRODUCER_ID) != (request.producerEpoch() == NO_PRODUCER_EPOCH)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "producer id " + request.producerId() + " with epoch " + request.producerEpoch());
        }
        if (request.transactionalId() != null) {
            return transactions.initProducerId(request, context.apiVersion()).thenApply(response -> response);
        }
        return producerIds
                .next()
                .thenApply(id -> new InitProducerIdResponse().setProducerId(id).setProducerEpoch((short) 0));
    }

    @Override
    public InitProducerIdResponse errorResponse(
            InitProducerIdRequest request, ErrorCode error, @Nullable String message) {
        return new InitProducerIdResponse()
                .setErrorCode(error.code())
                .setProducerId(NO_PRODUCER_ID)
                .setProducerEpoch(NO_PRODUCER_EPOCH);
    }
}
