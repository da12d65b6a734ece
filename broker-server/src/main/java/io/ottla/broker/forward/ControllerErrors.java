package io.ottla.broker.forward;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import io.ottla.protocol.message.UpdateFeaturesResponse;
import io.ottla.protocol.schema.ApiMessage;

/** Where the responses of a controller have their errors, which their classes do not say in a common way. */
final class ControllerErrors {

    private ControllerErrors() {}

    /** The error that stands for the whole request: that of its first part, where there is none for all. */
    static ErrorCode of(ApiMessage response) {
        return ErrorCode.forCode(code(response));
    }

    private static short code(ApiMessage response) {
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
        if (response instanceof UpdateFeaturesResponse update) {
            return update.errorCode();
        }
        return response instanceof AllocateProducerIdsResponse allocate ? allocate.errorCode() : 0;
    }
}
