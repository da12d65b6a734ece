package io.ottla.controller;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.znode.ProducerIdBlockNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gives out blocks of producer ids (KIP-730). Confined to the controller's executor, inside one event. */
final class ProducerIdBlocks {

    private final Office office;

    ProducerIdBlocks(Office office) {
        this.office = office;
    }

    CompletableFuture<AllocateProducerIdsResponse> allocate(AllocateProducerIdsRequest request) {
        LiveBroker broker = office.cluster().broker(request.brokerId());
        if (broker == null) {
            return failed(ErrorCode.BROKER_ID_NOT_REGISTERED);
        }
        if (broker.epoch() != request.brokerEpoch()) {
            return failed(ErrorCode.STALE_BROKER_EPOCH);
        }
        return office.writer().session().get(ProducerIdBlockNode.PATH).thenCompose(node -> {
            Node latest = node.orElseThrow(
                    () -> new IllegalStateException("znode " + ProducerIdBlockNode.PATH + " is missing"));
            ProducerIdBlockNode block = latest.data().length == 0
                    ? ProducerIdBlockNode.initial(request.brokerId())
                    : ProducerIdBlockNode.decode(latest.data()).next(request.brokerId());
            WriteOperation set = WriteOperation.set(
                    ProducerIdBlockNode.PATH, block.encode(), latest.stat().version());
            return office.writer().write(List.of(set)).thenApply(done -> new AllocateProducerIdsResponse()
                    .setProducerIdStart(block.first())
                    .setProducerIdLen(ProducerIdBlockNode.BLOCK_SIZE));
        });
    }

    private static CompletableFuture<AllocateProducerIdsResponse> failed(ErrorCode error) {
        return CompletableFuture.completedFuture(new AllocateProducerIdsResponse().setErrorCode(error.code()));
    }
}
