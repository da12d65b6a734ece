package io.ottla.broker.handler.config;

import io.ottla.broker.handler.config.Outcomes.Outcome;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterConfigsRequest;
import io.ottla.protocol.message.AlterConfigsRequest.AlterConfigsResource;
import io.ottla.protocol.message.AlterConfigsRequest.AlterableConfig;
import io.ottla.protocol.message.AlterConfigsResponse;
import io.ottla.protocol.message.AlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Replaces all settings of topics and brokers: what is not named goes back to its default (KIP-133). */
public final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequest, AlterConfigsResponse> {
    private final ConfigAlteration alteration;

    public AlterConfigsHandler(ConfigAlteration alteration) {
        this.alteration = alteration;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ALTER_CONFIGS;
    }

    @Override
    public CompletionStage<@Nullable AlterConfigsResponse> handle(RequestContext context, AlterConfigsRequest request) {
        List<CompletionStage<AlterConfigsResourceResponse>> responses = new ArrayList<>();
        Set<ConfigResource> seen = new HashSet<>();
        for (AlterConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            CompletionStage<Outcome> outcome = seen.add(resource)
                    ? alter(resource, wanted.configs(), request.validateOnly())
                    : Outcomes.now(new Outcome(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once."));
            responses.add(outcome.thenApply(done -> response(resource, done)));
        }
        return Outcomes.all(responses).thenApply(all -> new AlterConfigsResponse().setResponses(all));
    }

    private CompletionStage<Outcome> alter(
            ConfigResource resource, List<AlterableConfig> wanted, boolean validateOnly) {
        Map<String, String> settings = new HashMap<>();
        List<String> withoutValue = new ArrayList<>();
        for (AlterableConfig config : wanted) {
            String value = config.value();
            if (value == null) {
                withoutValue.add(config.name());
            } else {
                settings.put(config.name(), value);
            }
        }
        if (!withoutValue.isEmpty()) {
            return Outcomes.now(new Outcome(
                    ErrorCode.INVALID_REQUEST, "Null value not supported for : " + String.join(",", withoutValue)));
        }
        return alteration.alter(resource, old -> settings, validateOnly);
    }

    private static AlterConfigsResourceResponse response(ConfigResource resource, Outcome outcome) {
        return new AlterConfigsResourceResponse()
                .setErrorCode(outcome.error().code())
                .setErrorMessage(outcome.message())
                .setResourceType(resource.type())
                .setResourceName(resource.name());
    }

    @Override
    public AlterConfigsResponse errorResponse(AlterConfigsRequest request, ErrorCode error, @Nullable String message) {
        List<AlterConfigsResourceResponse> responses = new ArrayList<>();
        for (AlterConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            responses.add(response(resource, new Outcome(error, message)));
        }
        return new AlterConfigsResponse().setResponses(responses);
    }
}
