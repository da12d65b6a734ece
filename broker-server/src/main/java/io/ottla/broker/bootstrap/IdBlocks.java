package io.ottla.broker.bootstrap;

import io.ottla.broker.forward.Forwarder;
import io.ottla.broker.handler.producer.ProducerIdSource;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Blocks of producer ids from the controller, wherever it is. Stateless; any thread. */
record IdBlocks(int brokerId, LongSupplier brokerEpoch, Forwarder controller, int timeoutMs)
        implements ProducerIdSource {
    @Override
    public CompletionStage<Block> nextBlock() {
        AllocateProducerIdsRequest request =
                new AllocateProducerIdsRequest().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong());
        CompletableFuture<AllocateProducerIdsResponse> block =
                controller.send(request, (short) 0, timeoutMs, AllocateProducerIdsResponse::errorCode);
        return block.thenApply(response -> {
            if (response.errorCode() != ErrorCode.NONE.code()) {
                throw new ApiException(ErrorCode.forCode(response.errorCode()), "no block of producer ids was given");
            }
            return new Block(response.producerIdStart(), response.producerIdLen());
        });
    }
}
