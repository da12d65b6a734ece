package io.ottla.broker.forward;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.message.ControlledShutdownResponse;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import io.ottla.protocol.schema.ApiMessage;

/** What the requests to a controller have in common, though their classes do not say so. */
final class ControllerMessages {
    /** Of requests that name none. */
    private static final int DEFAULT_TIMEOUT_MS = 30_000;

    private ControllerMessages() {}

    /** How long the client wants to wait. */
    static int timeoutMs(ApiMessage request) {
        if (request instanceof CreateTopicsRequest create) {
            return create.timeoutMs();
        }
        if (request instanceof DeleteTopicsRequest delete) {
            return delete.timeoutMs();
        }
        if (request instanceof CreatePartitionsRequest grow) {
            return grow.timeoutMs();
        }
        if (request instanceof AlterPartitionReassignmentsRequest reassign) {
            return reassign.timeoutMs();
        }
        if (request instanceof ListPartitionReassignmentsRequest list) {
            return list.timeoutMs();
        }
        return request instanceof ElectLeadersRequest elect ? elect.timeoutMs() : DEFAULT_TIMEOUT_MS;
    }

    /** Whether the response says that it comes from the wrong broker; then nothing of the request was done. */
    static boolean isNotController(ApiMessage response) {
        return errorCode(response) == ErrorCode.NOT_CONTROLLER.code();
    }

    /** The error that stands for the whole request: that of its first part, where there is none for all. */
    private static short errorCode(ApiMessage response) {
        if (response instanceof CreateTopicsResponse create) {
            return create.topics().isEmpty() ? 0 : create.topics().get(0).errorCode();
        }
        if (response instanceof DeleteTopicsResponse delete) {
            return delete.responses().isEmpty() ? 0 : delete.responses().get(0).errorCode();
        }
        if (response instanceof CreatePartitionsResponse grow) {
            return grow.results().isEmpty() ? 0 : grow.results().get(0).errorCode();
        }
        if (response instanceof AlterPartitionReassignmentsResponse reassign) {
            return reassign.errorCode();
        }
        if (response instanceof ListPartitionReassignmentsResponse list) {
            return list.errorCode();
        }
        if (response instanceof ElectLeadersResponse elect) {
            return elect.errorCode();
        }
        if (response instanceof AlterPartitionResponse alter) {
            return alter.errorCode();
        }
        if (response instanceof ControlledShutdownResponse shutdown) {
            return shutdown.errorCode();
        }
        return response instanceof AllocateProducerIdsResponse allocate ? allocate.errorCode() : 0;
    }
}
