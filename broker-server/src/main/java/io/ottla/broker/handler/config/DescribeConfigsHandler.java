package io.ottla.broker.handler.config;

import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.DescribedProperty;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeConfigsRequest;
import io.ottla.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.ottla.protocol.message.DescribeConfigsResponse;
import io.ottla.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.ottla.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.ottla.protocol.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells the settings of topics and of this broker, with their sources, synonyms and documentation (KIP-133, KIP-226). */
public final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final ConfigDescriber describer;
    private final SettingsStore store;
    private final Predicate<String> topicExists;
    private final int brokerId;

    public DescribeConfigsHandler(
            ConfigDescriber describer, SettingsStore store, Predicate<String> topicExists, int brokerId) {
        this.describer = describer;
        this.store = store;
        this.topicExists = topicExists;
        this.brokerId = brokerId;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    @Override
    public CompletionStage<@Nullable DescribeConfigsResponse> handle(
            RequestContext context, DescribeConfigsRequest request) {
        List<CompletionStage<DescribeConfigsResult>> results = new ArrayList<>();
        for (DescribeConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            CompletionStage<DescribeConfigsResult> result = Outcomes.stage(() -> properties(resource))
                    .thenApply(properties -> result(resource, chosen(properties, wanted.configurationKeys()), request))
                    .exceptionally(failure -> failed(resource, Outcomes.of(failure, "describe configs", resource)));
            results.add(result);
        }
        return Outcomes.all(results).thenApply(all -> new DescribeConfigsResponse().setResults(all));
    }

    private CompletionStage<List<DescribedProperty>> properties(ConfigResource resource) {
        switch (resource.type()) {
            case ConfigResource.TOPIC -> {
                if (!topicExists.test(resource.name())) {
                    throw new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                }
                return store.read(SettingsStore.Entity.TOPIC, resource.name()).thenApply(describer::topic);
            }
            case ConfigResource.BROKER -> {
                if (resource.name().isEmpty()) {
                    return Outcomes.now(describer.clusterDefaults());
                }
                BrokerName.requireIsThis(resource.name(), brokerId);
                return Outcomes.now(describer.broker());
            }
            default ->
                throw new ApiException(ErrorCode.INVALID_REQUEST, "Unsupported resource type: " + resource.typeName());
        }
    }

    /** Those asked for, or all if none is named. */
    private static List<DescribedProperty> chosen(List<DescribedProperty> all, @Nullable List<String> names) {
        return names == null || names.isEmpty()
                ? all
                : all.stream()
                        .filter(property -> names.contains(property.name()))
                        .toList();
    }

    private static DescribeConfigsResult result(
            ConfigResource resource, List<DescribedProperty> properties, DescribeConfigsRequest request) {
        List<DescribeConfigsResourceResult> configs = new ArrayList<>(properties.size());
        for (DescribedProperty property : properties) {
            configs.add(new DescribeConfigsResourceResult()
                    .setName(property.name())
                    .setValue(property.value())
                    .setConfigSource(property.source().id())
                    .setIsSensitive(property.sensitive())
                    .setReadOnly(property.readOnly())
                    .setSynonyms(request.includeSynonyms() ? synonyms(property) : new ArrayList<>())
                    .setConfigType(property.kind().typeId())
                    .setDocumentation(
                            request.includeDocumentation() ? property.kind().documentation() : null));
        }
        return new DescribeConfigsResult()
                .setResourceType(resource.type())
                .setResourceName(resource.name())
                .setErrorMessage(null)
                .setConfigs(configs);
    }

    private static List<DescribeConfigsSynonym> synonyms(DescribedProperty property) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        for (DescribedProperty.Synonym synonym : property.synonyms()) {
            synonyms.add(new DescribeConfigsSynonym()
                    .setName(synonym.name())
                    .setValue(synonym.value())
                    .setSource(synonym.source().id()));
        }
        return synonyms;
    }

    private static DescribeConfigsResult failed(ConfigResource resource, Outcomes.Outcome outcome) {
        return new DescribeConfigsResult()
                .setErrorCode(outcome.error().code())
                .setErrorMessage(outcome.message())
                .setResourceType(resource.type())
                .setResourceName(resource.name());
    }

    @Override
    public DescribeConfigsResponse errorResponse(
            DescribeConfigsRequest request, ErrorCode error, @Nullable String message) {
        List<DescribeConfigsResult> results = new ArrayList<>();
        for (DescribeConfigsResource wanted : request.resources()) {
            ConfigResource resource = new ConfigResource(wanted.resourceType(), wanted.resourceName());
            results.add(failed(resource, new Outcomes.Outcome(error, message)));
        }
        return new DescribeConfigsResponse().setResults(results);
    }
}
