package io.ottla.broker.handler.config;

import io.ottla.broker.config.ConfigListing;
import io.ottla.broker.handler.config.Outcomes.Outcome;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Changes single settings of topics and brokers and leaves the others as they are (KIP-339). */
public final class IncrementalAlterConfigsHandler
        implements RequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
    private final ConfigAlteration alteration;

    public IncrementalAlterConfigsHandler(ConfigAlteration alteration) {
        this.alteration = alteration;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public CompletionStage<@Nullable IncrementalAlterConfigsResponse> handle(
            RequestContext context, IncrementalAlterConfigsRequest request) {
        List<CompletionStage<AlterConfigsResourceResponse>> responses = new ArrayList<>();
        Set<ConfigResource> seen = new HashSet<>();
        for (AlterConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            CompletionStage<Outcome> outcome = seen.add(resource)
                    ? alter(resource, wanted.configs(), request.validateOnly())
                    : Outcomes.now(new Outcome(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once."));
            responses.add(outcome.thenApply(done -> response(resource, done)));
        }
        return Outcomes.all(responses).thenApply(all -> new IncrementalAlterConfigsResponse().setResponses(all));
    }

    private CompletionStage<Outcome> alter(
            ConfigResource resource, List<AlterableConfig> wanted, boolean validateOnly) {
        List<SettingOperation> operations = new ArrayList<>();
        try {
            wanted.forEach(config -> operations.add(SettingOperation.of(config)));
            checkNamesAndValues(operations);
        } catch (ApiException e) {
            return Outcomes.now(Outcomes.of(e, "alter configs", resource));
        }
        ConfigListing listing = resource.type() == ConfigResource.TOPIC ? ConfigListing.TOPIC : ConfigListing.BROKER;
        return alteration.alter(
                resource,
                settings -> {
                    Map<String, String> changed = new HashMap<>(settings);
                    operations.forEach(operation -> operation.applyTo(changed, listing));
                    return changed;
                },
                validateOnly);
    }

    private static void checkNamesAndValues(List<SettingOperation> operations) {
        Set<String> names = new HashSet<>();
        TreeSet<String> duplicates = new TreeSet<>();
        List<String> withoutValue = new ArrayList<>();
        for (SettingOperation operation : operations) {
            if (!names.add(operation.name())) {
                duplicates.add(operation.name());
            }
            if (operation.lacksValue()) {
                withoutValue.add(operation.kind() + ":" + operation.name());
            }
        }
        if (!duplicates.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "Error due to duplicate config keys : " + String.join(",", duplicates));
        }
        if (!withoutValue.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "Null value not supported for : " + String.join(",", withoutValue));
        }
    }

    private static AlterConfigsResourceResponse response(ConfigResource resource, Outcome outcome) {
        return new AlterConfigsResourceResponse()
                .setErrorCode(outcome.error().code())
                .setErrorMessage(outcome.message())
                .setResourceType(resource.type())
                .setResourceName(resource.name());
    }

    @Override
    public IncrementalAlterConfigsResponse errorResponse(
            IncrementalAlterConfigsRequest request, ErrorCode error, @Nullable String message) {
        List<AlterConfigsResourceResponse> responses = new ArrayList<>();
        for (AlterConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            responses.add(response(resource, new Outcome(error, message)));
        }
        return new IncrementalAlterConfigsResponse().setResponses(responses);
    }
}
